"""An account with a beginning: of what was there before, what came since is wanted, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.triage.imap.conftest import mail
from triage.imap.complete import compare, fetch_missing
from triage.imap.stumbles import Stumbles

SINCE = datetime(2026, 2, 20, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("came", "is_wanted"),
    [
        (timedelta(days=-9), False),
        (timedelta(hours=-20), False),
        (timedelta(seconds=-1), False),
        (timedelta(0), True),
        (timedelta(hours=5), True),
        (timedelta(days=4), True),
    ],
)
def test_the_moment_counts_and_not_the_day(mail_user, make_door, poll, log_in, came, is_wanted):
    """What came a second before the moment is not wanted, though servers are asked by days."""
    mail_user.deliver(mail(1), internal_date=SINCE + came)
    door = make_door(since=SINCE)
    poll(door)

    found = compare(log_in(door), "INBOX", door)

    assert (found.wanted, len(found.missing)) == (int(is_wanted), int(is_wanted))


def test_time_that_cannot_be_is_wanted(strange, make_door, poll, log_in):
    """Of what has no time nobody can say that it is too old."""
    strange.deliver(mail(1), internal_date="20-Feb-2026 10:00:00 +2500")
    strange.deliver(mail(2), internal_date="20-Feb-2026 11:59:59 +0000")
    door = make_door(port=strange.port, since=SINCE)
    poll(door)

    assert compare(log_in(door), "INBOX", door).missing == (1,)


def test_renumbered_folder_is_read_since_then(mail_user, make_door, poll, stored, log_in):
    """A-02: when UIDs become void, what came since the beginning is there once, and nothing older comes in."""
    mail_user.deliver(mail(1), internal_date=SINCE - timedelta(days=9))
    mail_user.deliver(mail(2), internal_date=SINCE + timedelta(days=3))
    door = make_door(since=SINCE)
    poll(door)
    verify(log_in, door)
    mail_user.deliver(mail(3), internal_date=SINCE + timedelta(days=4))
    poll(door)
    mail_user.deliver(mail(4), internal_date=SINCE + timedelta(days=5))

    mail_user.bump_uidvalidity()
    poll(door)
    verify(log_in, door)

    assert sorted(stored()) == sorted([mail(2), mail(3), mail(4)])
    assert compare(log_in(door), "INBOX", door).missing == ()


def verify(log_in, door):
    server = log_in(door)
    for _ in fetch_missing(server, compare(server, "INBOX", door), door, Stumbles()):
        pass
