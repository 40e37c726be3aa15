"""When mail comes: much in working hours, little at night and at weekends.

A moment within the window is named by its share, the part of the window's mail that has come by then. Shares survive a
move of the window; hours of the clock do not.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from typing import NamedTuple

_HOUR = timedelta(hours=1)
_HOURS = 119  # five days less an hour, so that the oldest mail lies within five days of whoever looks a little later
_SATURDAY = 5


class _Window(NamedTuple):
    """The hours before `end`, and how much mail has come by the beginning of each."""

    start: datetime
    mail_by_hour: Sequence[float]


def moment(share: float, end: datetime) -> datetime:
    """Return when `share` of the mail of the 119 hours before `end` has come.

    Args:
        share: 0 for the beginning of the window, 1 for `end`.
        end: Aware; its zone says which hours are working hours, also across a change of daylight saving.

    Returns:
        An instant in the zone of `end`; a larger share is never earlier.
    """
    start, mail = _window(end)
    wanted = share * mail[-1]
    hour = min(bisect_right(mail, wanted) - 1, _HOURS - 1)
    into = (wanted - mail[hour]) / (mail[hour + 1] - mail[hour])
    return (start + (hour + into) * _HOUR).astimezone(end.tzinfo)


def share(instant: datetime, end: datetime) -> float:
    """Return which part of the mail of the 119 hours before `end` has come by `instant`; undoes `moment`."""
    start, mail = _window(end)
    hours = min(max((instant - start) / _HOUR, 0.0), float(_HOURS))
    hour = min(int(hours), _HOURS - 1)
    return (mail[hour] + (hours - hour) * (mail[hour + 1] - mail[hour])) / mail[-1]


def _window(end: datetime) -> _Window:
    # Hours are counted in UTC: a day on which the clock changes has 23 or 25 of them.
    start = end.astimezone(UTC) - _HOURS * _HOUR
    hours = (start + hour * _HOUR for hour in range(_HOURS))
    rates = (_mail_per_hour(hour.astimezone(end.tzinfo)) for hour in hours)
    return _Window(start, list(accumulate(rates, initial=0.0)))


def _mail_per_hour(local: datetime) -> float:
    """Return how much mail a local hour brings, in no particular unit."""
    by_day = 12.0 if 8 <= local.hour < 17 else 4.0 if 6 <= local.hour < 22 else 0.5
    return by_day / 4 if local.weekday() >= _SATURDAY else by_day
