"""Whether more mail comes than is usual."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.make import NOW
from triage.incidents.surge import Rate, rates, surges, usual_of
from triage.storage import arrivals
from triage.storage.tables import Arrival, Email

DAY = timedelta(days=1)


def counted_at(database, arrive, moment, count):
    """Take in some mails at a moment and count them then."""
    arrive(*(f"mail {n} of {moment:%d %H:%M}" for n in range(count)), after=moment - NOW)
    with database.unit_of_work() as session:
        arrivals.count_arrivals(session, moment)


def test_four_times_the_usual_of_this_hour_is_a_surge(database, arrive):
    """Eight in the hour three weeks running are two in 15 minutes; 24 at once are far more than that."""
    for weeks in (3, 2, 1):
        counted_at(database, arrive, NOW - timedelta(weeks=weeks), 8)
    counted_at(database, arrive, NOW, 24)

    with database.reading() as session:
        found = rates(session, NOW)

    assert found == [Rate("main", 24, 2.0)]
    assert surges(found) == {
        "main": "24 emails in 15 minutes, where 2.0 are usual at this hour of the week",
    }


def test_counting_again_counts_nothing_twice(database, arrive):
    """Counted every half minute, an email is counted once."""
    counted_at(database, arrive, NOW, 5)

    for seconds in (30, 60, 90):
        with database.unit_of_work() as session:
            arrivals.count_arrivals(session, NOW + timedelta(seconds=seconds))

    with database.reading() as session:
        assert session.scalar(select(func.sum(Arrival.emails))) == session.scalar(select(func.count(Email.id))) == 5


@pytest.mark.parametrize(
    ("recent", "usual", "is_surge"),
    [(19, 0.0, False), (20, 0.0, True), (29, 10.0, False), (30, 10.0, True), (500, None, False)],
)
def test_a_surge_is_three_times_as_much_and_twenty_at_least(recent, usual, is_surge):
    """Few mails are none however quiet it was, and nothing is said where nothing is known."""
    assert Rate("main", recent, usual).is_surge is is_surge


def test_a_young_mailbox_is_compared_with_its_last_week_and_a_new_one_with_nothing():
    """One week of this hour says too little; less than a day says nothing."""
    assert usual_of([7.0], 96, DAY) == 1.0
    assert usual_of([], 96, DAY / 2) is None
    assert usual_of([1.0, 9.0, 2.0], 0, DAY) == 2.0
