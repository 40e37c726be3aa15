"""The strange server, when it is not strange and when it is."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime

import pytest
from imapclient import IMAPClient
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from tests.make import raw_message

ITEMS = ["UID", "FLAGS", "INTERNALDATE", "RFC822.SIZE", "BODY.PEEK[]"]
RAW = raw_message("A message")


def test_it_is_a_server_like_others(strange):
    """Without quirks a client lists, searches and fetches from it as from any other."""
    strange.deliver(RAW)
    strange.deliver(RAW, uid=7, internal_date="05-Mar-2026 10:00:00 +0000")
    strange.deliver(RAW, "Entwürfe".encode())

    with logged_in(strange) as client:
        opened = client.select_folder("INBOX", readonly=True)
        fetched = client.fetch([1, 7], ITEMS)
        since = client.search(["SINCE", date(2026, 3, 4)])
        assert client.folder_status("INBOX", ["UIDNEXT", "MESSAGES"]) == {b"UIDNEXT": 8, b"MESSAGES": 2}

    assert (opened[b"EXISTS"], opened[b"UIDNEXT"], opened[b"UIDVALIDITY"]) == (2, 8, 1)
    assert [fetched[uid][b"BODY[]"] for uid in (1, 7)] == [RAW, RAW]
    assert fetched[1][b"RFC822.SIZE"] == len(RAW)
    assert fetched[1][b"INTERNALDATE"].astimezone(UTC) == datetime(2026, 3, 2, 10, tzinfo=UTC)
    assert since == [7]


def test_star_is_the_last_message(strange):
    """A search from a UID above all others finds the last message, as the RFC has it."""
    strange.deliver(RAW, uid=4)

    with logged_in(strange) as client:
        client.select_folder("INBOX", readonly=True)

        assert client.search(["UID", "9:*"]) == [4]
        assert client.search(["UID", "9:12"]) == []


def test_idle_tells_what_happened(strange):
    """Who is in IDLE is told of deliveries and deletions; who is not, at the next command."""
    with logged_in(strange) as client:
        client.select_folder("INBOX", readonly=True)
        client.idle()
        strange.deliver(RAW)
        assert client.idle_check(timeout=10) == [(1, b"EXISTS")]
        client.idle_done()

        strange.expunge(1)
        assert client.noop()[1] == [(1, b"EXPUNGE")]
    assert [name for name in strange.record.names if name in {"IDLE", "DONE", "NOOP"}] == ["IDLE", "DONE", "NOOP"]


def test_what_it_never_says(strange):
    """It leaves out UIDNEXT, INTERNALDATE and a message that it says it has; and knows no IDLE."""
    strange.deliver(RAW)
    strange.deliver(RAW)
    strange.quirks.unsaid = {"UIDNEXT", "INTERNALDATE"}
    strange.quirks.unfetchable = {1}
    strange.quirks.capabilities.discard("IDLE")

    with logged_in(strange) as client:
        opened = client.select_folder("INBOX", readonly=True)
        fetched = client.fetch([1, 2], ITEMS)
        assert not client.has_capability("IDLE")

    assert b"UIDNEXT" not in opened
    assert list(fetched) == [2]
    assert b"INTERNALDATE" not in fetched[2]


def test_message_is_cut_once(strange):
    """It holds back the end of a message and closes; the next time the message is whole."""
    strange.deliver(RAW)
    strange.quirks.missing_bytes = 10

    with logged_in(strange) as client:
        client.select_folder("INBOX", readonly=True)
        with pytest.raises((IMAPClientAbortError, OSError)):
            client.fetch([1], ITEMS)
    with logged_in(strange) as client:
        client.select_folder("INBOX", readonly=True)
        assert client.fetch([1], ITEMS)[1][b"BODY[]"] == RAW


def test_news_amid_fetch(strange):
    """It says in the middle of FETCH that messages came and went."""
    for _ in range(3):
        strange.deliver(RAW)
    strange.quirks.amid_fetch = [b"* 3 EXPUNGE", b"* 5 EXISTS"]

    with logged_in(strange) as client:
        client.select_folder("INBOX", readonly=True)
        assert set(client.fetch([1, 2], ITEMS)) == {1, 2}


def test_bytes_that_are_no_text(strange):
    """It has folders, and words, in bytes that are neither ASCII nor UTF-8; the library lists these folders."""
    strange.deliver(RAW, b"M\xfcll \\ \xff")
    strange.quirks.words = b"erledigt \xfc\xff"

    with logged_in(strange) as client:
        client.folder_encode = False
        assert [name for _, _, name in client.list_folders()] == [b"INBOX", b"M\xfcll \\ \xff"]
        client.select_folder("INBOX", readonly=True)


@pytest.mark.parametrize(
    ("internal_date", "year"),
    [("01-Jan-2050 12:00:00 +0000", 2050), ("02-Jan-1970 00:00:00 +0000", 1970), ("00-Mar-2026 10:00:00 +0000", None)],
)
def test_absurd_dates_are_sent(strange, internal_date, year):
    """It says any date, also one of a day 0, which is none to the library."""
    strange.deliver(RAW, internal_date=internal_date)

    with logged_in(strange) as client:
        client.select_folder("INBOX", readonly=True)
        fetched = client.fetch([1], ITEMS)[1][b"INTERNALDATE"]

    assert (fetched and fetched.year) == year


@pytest.mark.parametrize("code", ["AUTHENTICATIONFAILED", "UNAVAILABLE", "ALERT", "THROTTLED"])
def test_login_is_refused(strange, code):
    """It refuses a login with any code, as often as it was told to."""
    strange.quirks.answer("LOGIN", f"NO [{code}] not now")
    strange.quirks.answer("AUTHENTICATE", f"NO [{code}] not now")

    for log_in in (IMAPClient.login, IMAPClient.oauth2_login):
        with IMAPClient(strange.host, strange.port, ssl=False, timeout=10) as client:
            with pytest.raises(LoginError, match=code):
                log_in(client, "jo", "secret")
            log_in(client, "jo", "secret")


def test_it_writes_nothing(strange):
    """A command that changes mail is refused, and recorded."""
    strange.deliver(RAW)

    with logged_in(strange) as client:
        client.select_folder("INBOX")
        with pytest.raises(IMAPClientError):
            client.add_flags([1], ["\\Seen"])

    assert strange.record.named("UID STORE")


@contextmanager
def logged_in(strange) -> Iterator[IMAPClient]:
    """A client that has logged in, and whose connection is closed at the end, however it is."""
    client = IMAPClient(strange.host, strange.port, ssl=False, timeout=10)
    try:
        client.login("jo", "secret")
        yield client
    finally:
        with suppress(OSError, IMAPClientError):
            client.logout()
        client.socket().close()
