"""Claims about when mail comes."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from triage.demo.hours import moment, share

BERLIN = ZoneInfo("Europe/Berlin")
THURSDAY = datetime(2026, 10, 15, 11, 7, tzinfo=BERLIN)
ENDS = st.builds(datetime.fromtimestamp, st.integers(10**9, 4 * 10**9), st.sampled_from([UTC, BERLIN]))
SHARES = st.floats(0.0, 1.0)


@given(SHARES, ENDS)
def test_share_undoes_moment(part, end):
    """The moment by which a share has come is the moment with that share."""
    assert share(moment(part, end), end) == pytest.approx(part, abs=1e-6)


@given(SHARES, SHARES, ENDS)
def test_a_larger_share_is_never_earlier(one, other, end):
    """Mail keeps its order wherever the window is moved."""
    assert (moment(one, end) <= moment(other, end)) == (one <= other) or moment(one, end) == moment(other, end)


@pytest.mark.parametrize("end", [datetime(2026, 3, 31, 9, tzinfo=BERLIN), datetime(2026, 10, 27, 9, tzinfo=BERLIN)])
def test_the_window_is_as_long_when_the_clock_changes(end):
    """A day of 23 or of 25 hours does not move the beginning of the window."""
    assert end.astimezone(UTC) - moment(0.0, end).astimezone(UTC) == timedelta(hours=119)


def test_working_hours_bring_most_mail():
    """One working hour of a Wednesday brings more than a whole night, and four times what it brings on a Sunday."""
    wednesday = datetime(2026, 10, 14, 0, tzinfo=BERLIN)

    hour = _brought(wednesday.replace(hour=10), timedelta(hours=1))
    night = _brought(wednesday, timedelta(hours=6))
    sunday = _brought(datetime(2026, 10, 11, 10, tzinfo=BERLIN), timedelta(hours=1))

    assert hour > night
    assert hour == pytest.approx(4 * sunday)


def test_working_hours_are_those_of_the_zone_of_whoever_looks():
    """Ten in the morning is busy in Auckland too, when it is night in Berlin."""
    end = THURSDAY.astimezone(ZoneInfo("Pacific/Auckland"))
    morning = datetime(2026, 10, 14, 10, tzinfo=end.tzinfo)

    in_auckland = share(morning + timedelta(hours=1), end) - share(morning, end)

    assert in_auckland > 5 * _brought(morning, timedelta(hours=1))


def _brought(since: datetime, span: timedelta) -> float:
    return share(since + span, THURSDAY) - share(since, THURSDAY)
