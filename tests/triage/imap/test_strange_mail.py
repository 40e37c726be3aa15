"""What strange servers do to the reading of mail: all of it comes in all the same, once."""

from datetime import date

import pytest

from tests.triage.imap.conftest import mail


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
