"""What strange servers do to the reading of mail: all of it comes in all the same, once."""

from contextlib import suppress
from datetime import date

import pytest
from sqlalchemy import select

from tests.triage.imap.conftest import NOW, mail
from triage.errors import CommandRefused, MailServerUnavailable
from triage.imap.complete import compare, fetch_missing
from triage.imap.poll import new_mail
from triage.imap.stumbles import Stumbles
from triage.storage.tables import Email


@pytest.fixture
def strange_door(make_door, strange):
    """The door of an account on a strange server."""
    return make_door(port=strange.port)


@pytest.mark.parametrize(
    "absurd",
    [
        "31-Dec-9999 23:59:59 -0500",
        "01-Jan-2026 10:00:00 +2500",
        "01-Jan-99999999999999999999 10:00:00 +0000",
        "01-Jan-2026 10:00:00 +99999999999999999999",
        "00-Mar-2026 10:00:00 +0000",
        "",
    ],
)
def test_absurd_date_holds_up_nothing(strange, strange_door, poll, stored, absurd):
    """A mail whose INTERNALDATE cannot be is taken in, and so are those around it."""
    strange.deliver(mail(1))
    strange.deliver(mail(2), internal_date=absurd)
    strange.deliver(mail(3))

    poll(strange_door)

    assert stored() == [mail(1), mail(2), mail(3)]


@pytest.mark.parametrize(
    "told", [None, 1, 2, 4_294_967_295], ids=["none", "at the beginning", "too low", "far too high"]
)
def test_uidnext_is_not_relied_on(strange, strange_door, poll, stored, told):
    """Whatever UIDNEXT says, all that is there comes in, at once what comes later too, and nothing is passed."""
    strange.quirks.uidnext = told
    if told is None:
        strange.quirks.unsaid = {"UIDNEXT"}
    for number in (1, 2, 3):
        strange.deliver(mail(number))

    first = poll(strange_door)
    strange.deliver(mail(4))
    second = poll(strange_door)

    assert (first, second) == (3, 1)
    assert stored() == [mail(1), mail(2), mail(3), mail(4)]
    assert len(strange.record.named("UID SEARCH")) <= 4


def test_mail_that_shows_late_is_not_passed_by(strange, strange_door, poll, stored):
    """A UID below UIDNEXT that was not listed yet is taken in as soon as it is, not a day later."""
    strange.deliver(mail(1))
    strange.quirks.uidnext = 4
    poll(strange_door)
    strange.deliver(mail(2), uid=3)

    poll(strange_door)

    assert stored() == [mail(1), mail(2)]


def test_large_folder_is_searched_in_ranges(strange, strange_door, log_in, monkeypatch):
    """No answer of a search is longer than a line may be, also not one for flags or for a day."""
    monkeypatch.setattr("triage.imap.server.UIDS_A_SEARCH", 2)
    for number in range(5):
        strange.deliver(mail(number))
    server = log_in(strange_door)
    server.open("INBOX")

    uids, recent = server.uids(1, 5), server.uids_since(date(2026, 1, 1), 5)

    assert uids == recent == [1, 2, 3, 4, 5]
    asked = [one.arguments for one in strange.record.named("UID SEARCH")]
    assert [words.split(" SINCE")[0] for words in asked[1:]] == ["UID 1:2", "UID 3:4", "UID 5:5"] * 2


@pytest.mark.parametrize("is_size_broken", [False, True], ids=["its body", "its size too"])
def test_refused_message_is_passed_over_in_the_end(strange, strange_door, log_in, stored, is_size_broken):
    """A message for which FETCH is refused each time holds up neither those beside it nor, for long, those after it."""
    sent = [mail(number) for number in range(7)]
    for raw in sent:
        strange.deliver(raw)
    (strange.quirks.broken if is_size_broken else strange.quirks.broken_bodies).add(4)
    stumbles, refused = Stumbles(), 0

    for _ in range(4):
        try:
            sum(new_mail(log_in(strange_door), "INBOX", strange_door, stumbles))
        except CommandRefused:
            refused += 1

    assert refused == 3
    assert stumbles.passed_over() == 1
    assert stored() == sent[:3] + sent[4:]
    assert compare(log_in(strange_door), "INBOX", strange_door).missing == (4,)


def test_message_that_was_refused_for_a_while_comes_by_verifying(strange, strange_door, log_in, stored):
    """What was passed over is found missing, and is taken in as soon as the server gives it."""
    for number in range(3):
        strange.deliver(mail(number))
    strange.quirks.broken.add(2)
    stumbles = Stumbles()
    for _ in range(4):
        with suppress(CommandRefused):
            sum(new_mail(log_in(strange_door), "INBOX", strange_door, stumbles))
    strange.quirks.broken.clear()
    server = log_in(strange_door)

    stumbles.forgive(NOW)
    found = compare(server, "INBOX", strange_door)
    taken = sum(fetch_missing(server, found, strange_door, stumbles))

    assert (found.missing, taken, stumbles.passed_over()) == ((2,), 1, 0)
    assert sorted(stored()) == sorted(mail(number) for number in range(3))


def test_message_that_is_cut_comes_whole(strange, strange_door, log_in, stored):
    """A message that ends too early with its connection is stored whole or not at all."""
    strange.deliver(mail(1))
    strange.quirks.missing_bytes = 10
    stumbles = Stumbles()

    with pytest.raises(MailServerUnavailable):
        sum(new_mail(log_in(strange_door), "INBOX", strange_door, stumbles))
    sum(new_mail(log_in(strange_door), "INBOX", strange_door, stumbles))

    assert stored() == [mail(1)]


def test_message_that_is_listed_and_never_given_is_missing(strange, strange_door, poll, log_in, stored):
    """What SEARCH names and FETCH does not return holds nothing up, and verifying says that it is missing."""
    for number in range(3):
        strange.deliver(mail(number))
    strange.quirks.unfetchable = {2}

    poll(strange_door)
    server = log_in(strange_door)
    found = compare(server, "INBOX", strange_door)
    strange.quirks.unfetchable = set()
    taken = sum(fetch_missing(server, found, strange_door, Stumbles()))

    assert (found.missing, taken) == ((2,), 1)
    assert stored() == [mail(0), mail(2), mail(1)]


@pytest.mark.parametrize("news", [[b"* 3 EXPUNGE"], [b"* 7 EXISTS", b"* 1 RECENT"], [b"* 1 FETCH (FLAGS (\\Seen))"]])
def test_news_amid_fetch_changes_nothing(strange, strange_door, poll, stored, news):
    """Messages that come and go while others are fetched confuse nothing."""
    for number in range(3):
        strange.deliver(mail(number))
    strange.quirks.amid_fetch = news

    poll(strange_door)

    assert stored() == [mail(0), mail(1), mail(2)]


@pytest.mark.parametrize("said", [1, 0, None], ids=["one byte", "no bytes", "nothing"])
def test_size_that_is_not_true_lets_no_large_mail_in(strange, strange_door, log_in, database, monkeypatch, said):
    """A mail above the limit whose size is said to be small is set aside by its beginning, not read."""
    monkeypatch.setattr("triage.mail.bounds.MAX_MESSAGE_BYTES", 100_000)
    monkeypatch.setattr("triage.imap.client.MOST_LITERAL_BYTES", 110_000)
    strange.deliver(mail(1))
    strange.deliver(mail(2, body="y" * 80 + ("\r\n" + "y" * 80) * 2000))
    strange.quirks.size = said
    if said is None:
        strange.quirks.unsaid = {"RFC822.SIZE"}
    stumbles = Stumbles()

    for _ in range(3):
        with suppress(MailServerUnavailable):
            sum(new_mail(log_in(strange_door), "INBOX", strange_door, stumbles))

    with database.reading() as session:
        found = [(email.state, email.subject) for email in session.scalars(select(Email).order_by(Email.id))]
    assert found == [("queued", "Question 1"), ("failed", "Question 2")]
    assert compare(log_in(strange_door), "INBOX", strange_door).missing == ()
