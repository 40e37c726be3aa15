"""When something is due that is to be done within business hours."""

import random
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from triage.ranking.hours import BusinessHours, Span

BERLIN = ZoneInfo("Europe/Berlin")
WORK = Span(time(8), time(17))
WEEK = (WORK, WORK, WORK, WORK, Span(time(8), time(12)), None, None)
OFFICE = BusinessHours(BERLIN, WEEK, frozenset([date(2026, 4, 6)]))
HOUR = timedelta(hours=1)


def local(*moment):
    return datetime(*moment, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("came", "hours", "due"),
    [
        (local(2026, 3, 2, 9), 4, local(2026, 3, 2, 13)),
        (local(2026, 3, 2, 6), 4, local(2026, 3, 2, 12)),
        (local(2026, 3, 2, 16), 4, local(2026, 3, 3, 11)),
        (local(2026, 3, 2, 8), 9, local(2026, 3, 2, 17)),
        (local(2026, 3, 6, 11), 4, local(2026, 3, 9, 11)),  # over a weekend
        (local(2026, 3, 7, 3), 1, local(2026, 3, 9, 9)),
        (local(2026, 3, 27, 11), 4, local(2026, 3, 30, 11)),  # clocks go forward on the Sunday
        (local(2026, 4, 3, 11), 4, local(2026, 4, 7, 11)),  # Monday is a holiday
    ],
)
def test_due_by_the_clock_on_the_wall(came, hours, due):
    """A-42: nights, weekends, holidays and the change of clocks do not count."""
    assert OFFICE.after(came, hours * HOUR) == due


@pytest.mark.parametrize(("day", "hours"), [(date(2026, 3, 29), 23), (date(2026, 10, 25), 25), (date(2026, 3, 2), 24)])
def test_day_on_which_clocks_change_is_as_long_as_it_is(day, hours):
    """A-42: an hour that passes twice counts twice, one that is left out does not count."""
    midnight, next_day = (datetime.combine(one, time(0), BERLIN) for one in (day, day + timedelta(days=1)))

    assert BusinessHours(BERLIN).after(midnight, hours * HOUR) == next_day


def test_due_time_is_that_of_counting_minutes():
    """A-42: for any hours and moments it is what a reference finds that walks minute by minute."""
    chance = random.Random(42)
    for _ in range(40):
        spans = tuple(_span(chance) for _ in range(7))
        hours = BusinessHours(BERLIN, spans if any(spans) else (WORK,) * 7, frozenset([date(2026, 3, 30)]))
        came = datetime(2026, 3, 26, tzinfo=UTC) + timedelta(minutes=chance.randrange(6 * 1440))
        worked = timedelta(minutes=chance.randrange(1, 600))

        assert hours.after(came, worked) == _walked(hours, came, worked)


def test_nothing_is_due_where_hardly_anybody_works():
    """Where so much business time does not come within a year, nothing is promised."""
    assert OFFICE.after(local(2026, 3, 2, 9), timedelta(hours=5000)) is None


def _span(chance):
    begin, end = sorted(chance.sample(range(24 * 4), 2))
    return Span(time(begin // 4, begin % 4 * 15), time(end // 4, end % 4 * 15)) if chance.random() < 0.7 else None


def _walked(hours, moment, worked):
    while worked:
        there = moment.astimezone(BERLIN)
        span = hours.spans[there.weekday()]
        if span is not None and there.date() not in hours.holidays and there.time() in span:
            worked -= timedelta(minutes=1)
        moment += timedelta(minutes=1)
    return moment
