"""How long to wait after polling an account failed."""

from datetime import timedelta
from random import Random

from triage.errors import LoginRefused, MailServerBusy, PermanentError, TooMuchWaits, TriageError

FIRST = timedelta(seconds=1)
# A wrong password that is tried again and again locks accounts.
FIRST_AFTER_REFUSAL, LONGEST_AFTER_REFUSAL = timedelta(minutes=1), timedelta(minutes=30)
FIRST_WHEN_BUSY, LONGEST_WHEN_BUSY = timedelta(seconds=15), timedelta(minutes=15)
_MOST_DOUBLINGS = 16
JITTER = 0.1


def wait_after(error: TriageError, failures_in_a_row: int, *, longest: timedelta, random: Random) -> timedelta:
    """Return how long to wait, doubling with each failure in a row, and a little apart from others who wait.

    Args:
        error: What went wrong. What it says of when to come back is honoured.
        failures_in_a_row: From 1.
        longest: The longest wait for what time alone may cure.
        random: What the waits of many accounts are spread by.
    """
    match error:
        case MailServerBusy(retry_after=timedelta() as told) | TooMuchWaits(retry_after=told):
            wait = told
        case MailServerBusy():
            wait = _doubled(FIRST_WHEN_BUSY, failures_in_a_row, LONGEST_WHEN_BUSY)
        case LoginRefused():
            wait = _doubled(FIRST_AFTER_REFUSAL, failures_in_a_row, LONGEST_AFTER_REFUSAL)
        case PermanentError():
            wait = max(longest, FIRST_AFTER_REFUSAL)
        case _:
            wait = _doubled(FIRST, failures_in_a_row, longest)
    return wait * (1 + JITTER * random.random())


def spread(interval: timedelta, random: Random) -> timedelta:
    """Return an interval a little shorter or longer, so that accounts do not all come at once."""
    return interval * (1 + JITTER * (2 * random.random() - 1))


def _doubled(first: timedelta, failures_in_a_row: int, longest: timedelta) -> timedelta:
    return min(first * (1 << min(failures_in_a_row - 1, _MOST_DOUBLINGS)), longest)
