"""What strange servers do to the reading of mail: all of it comes in all the same, once."""

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
