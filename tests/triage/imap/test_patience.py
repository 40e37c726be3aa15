"""How long is waited after a failure: as told, or longer each time, and never all at once."""

from datetime import timedelta
from random import Random

import pytest

from triage.errors import (
    CommandRefused,
    ConsentGone,
    FolderNotFound,
    LoginRefused,
    MailServerBusy,
    MailServerUnavailable,
    TooMuchWaits,
)
from triage.imap.patience import JITTER, spread, wait_after

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


class Earliest(Random):
    """Chance that adds nothing."""

    def random(self):
        return 0.0


class Latest(Random):
    """Chance that adds all that it may."""

    def random(self):
        return 1.0


def waits(error, *failures, longest=MINUTE):
    return [wait_after(error, count, longest=longest, random=Earliest()) for count in failures]


@pytest.mark.parametrize("error", [MailServerUnavailable("it broke off"), CommandRefused("it says no")])
def test_what_time_may_cure_is_tried_soon_and_then_as_often_as_the_account_is_read(error):
    """From a second, doubling, up to the interval, also after a year of failures."""
    assert waits(error, 1, 2, 3, 6, 7, 10**6) == [SECOND, 2 * SECOND, 4 * SECOND, 32 * SECOND, MINUTE, MINUTE]


@pytest.mark.parametrize("error", [LoginRefused("it is wrong"), ConsentGone("it is gone")])
def test_refused_login_is_tried_seldom(error):
    """A wrong password that is tried again and again locks accounts: a minute, doubling, up to half an hour."""
    assert waits(error, 1, 2, 5, 6, 10**6, longest=SECOND) == [n * MINUTE for n in (1, 2, 16, 30, 30)]


@pytest.mark.parametrize(
    "error",
    [MailServerBusy("slow down", retry_after=17 * SECOND), TooMuchWaits("it is full", retry_after=17 * SECOND)],
)
def test_told_wait_is_kept(error):
    """Whoever says when to come back is believed, the first time and the hundredth (A-29)."""
    assert waits(error, 1, 100, longest=SECOND) == [17 * SECOND] * 2


def test_busy_server_that_names_no_wait_is_left_alone_for_longer_each_time():
    """Fifteen seconds, doubling, up to a quarter of an hour (A-29)."""
    assert waits(MailServerBusy("slow down"), 1, 2, 10**6) == [15 * SECOND, 30 * SECOND, 15 * MINUTE]


def test_what_a_person_must_mend_waits_a_minute_at_least():
    """Nothing is gained by asking sooner; an account that is read once an hour waits an hour."""
    assert waits(FolderNotFound("it is gone"), 1, 9, longest=SECOND) == [MINUTE] * 2
    assert waits(FolderNotFound("it is gone"), 1, longest=60 * MINUTE) == [60 * MINUTE]


def test_accounts_do_not_come_back_all_at_once():
    """Never before the time that was told, and a tenth later at most; looks come a tenth sooner or later."""
    busy = MailServerBusy("slow down", retry_after=MINUTE)

    assert wait_after(busy, 1, longest=MINUTE, random=Latest()) == (1 + JITTER) * MINUTE
    assert (spread(MINUTE, Earliest()), spread(MINUTE, Latest())) == (54 * SECOND, 66 * SECOND)
