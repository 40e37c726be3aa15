"""What cannot be understood, or is more than anybody needs, ends the connection; a mere no does not."""

import pytest

from tests.triage.imap.conftest import mail
from tests.triage.imap.make import imap_account
from triage.errors import CommandRefused, MailServerUnavailable
from triage.imap.account import Password, Security
from triage.imap.connection import connect


@pytest.fixture
def server(strange):
    """A connection to the strange server, whose inbox, with one mail, is open."""
    strange.deliver(mail(1))
    account = imap_account(host=strange.host, port=strange.port, security=Security.NONE)
    made = connect(account, Password("secret"), answer_seconds=20)
    made.open("INBOX")
    yield made
    made.abandon()


def test_line_without_end_ends_the_connection(server, strange):
    """After a line that is too long, what comes next would be taken for another answer."""
    strange.quirks.answer("UID SEARCH", b"* SEARCH " + b"1234567890 " * 100_000)

    with pytest.raises(MailServerUnavailable) as raised:
        server.uids(1, 1)

    assert not isinstance(raised.value, CommandRefused)


@pytest.mark.parametrize(
    "line",
    [
        *("* 1 FETCH (UID x)", "* SEARCH one two", "%%%"),
        # Found by fuzzing: a name that is a number, nothing or a list, a date that is a number, and lists without end.
        *("* 1 FETCH (7 1)", "* 1 FETCH (NIL 1)", "* 1 FETCH ((UID) 1)", "* 1 FETCH (UID 1 INTERNALDATE 7)"),
        f"* 1 FETCH (UID 1 X {'(' * 5_000})",
    ],
    ids=lambda line: line[:40],
)
def test_answer_that_makes_no_sense_ends_the_connection(server, strange, line):
    """An answer that the parsers are at a loss with is no refusal."""
    command = "UID SEARCH" if "SEARCH" in line else "UID FETCH"
    strange.quirks.answer(command, f"{line}\r\n<tag> OK that is all")

    with pytest.raises(MailServerUnavailable) as raised:
        server.uids(1, 1) if "SEARCH" in line else server.messages([1])

    assert not isinstance(raised.value, CommandRefused)


def test_literal_without_bound_is_not_read(server, strange):
    """A terabyte that is announced is no reason to wait for it, nor to make room for it."""
    strange.quirks.answer("UID FETCH", b"* 1 FETCH (UID 1 BODY[] {1000000000000}\r\n")

    with pytest.raises(MailServerUnavailable, match="broke off"):
        server.messages([1])


def test_folder_that_is_read_only_is_a_refusal(server, strange):
    """A folder that cannot be written to leaves the connection as it is."""
    strange.quirks.is_read_only = True

    with pytest.raises(CommandRefused, match="not write there"):
        server.open_to_write("INBOX")

    assert server.open("INBOX").messages == 1


def test_news_amid_fetch_is_news_for_idle(server, strange):
    """What the server tells while a message is fetched, and never again, ends the IDLE that follows; once."""
    strange.quirks.amid_fetch = [b"* 2 EXISTS"]
    server.messages([1])

    server.begin_idle()
    first, second = server.idle(5), server.idle(0.2)

    assert (first, second) == (True, False)


def test_refused_idle_is_a_refusal(server, strange):
    """Who says that it can IDLE, and then refuses, is no broken connection."""
    strange.quirks.answer("IDLE", "NO not today")

    with pytest.raises(CommandRefused):
        server.begin_idle()

    assert server.open("INBOX").messages == 1


def test_folder_whose_name_cannot_be_read_hides_no_other(server, strange):
    """Of names that are no modified UTF-7 nothing can be made; the others are listed."""
    for name in (b"&zzzz-", b"M\xfcll", b"&AOQ-rger", b"Archive"):
        strange.deliver(mail(2), name)

    assert server.folders() == ["Archive", "INBOX", "ärger"]
