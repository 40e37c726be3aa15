"""The limit of waiting mail, on both databases."""

import math
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage.classify import classify
from triage.errors import TooMuchWaits
from triage.intake import Intake, Outcome, QueueLimit
from triage.intake import limit as limits
from triage.storage.tables import Email
from triage.storage.waiting import waiting

HOUR = timedelta(hours=1)
AT_ONCE = timedelta(0)


@pytest.fixture(autouse=True)
def looks_cost_nothing(monkeypatch):
    """Let a process look as often as it wants to."""
    monkeypatch.setattr(limits, "LOOKING_SHARE", math.inf)


def limited(database, redis, most=0, longest=timedelta(0), looks_every=AT_ONCE) -> Intake:
    """An intake that looks into the database each time, unless told otherwise."""
    plain = make_intake(database, redis)
    limit = QueueLimit(most, longest, looks_every=looks_every)
    return Intake(plain.database, plain.stream, plain.doorbell, plain.policy, limit)


def mails(first, count):
    return [raw_message(f"mail {n}") for n in range(first, first + count)]


def outcomes(receipts):
    return [receipt.outcome for receipt in receipts]


def stored(database):
    with database.reading() as session:
        return session.scalar(select(func.count(Email.id)))


def read_all(database):
    with database.unit_of_work() as session:
        ids = list(session.scalars(select(Email.id)))
        classify(session, ids, FakeTextModel(), POLICY, NOW)


def test_mail_over_the_limit_is_refused_and_not_stored(database, redis):
    """At the limit new mail is refused with when to come back, and nothing of it is in the database."""
    intake = limited(database, redis, most=5)
    accept(intake, *mails(0, 5))

    receipts = accept(intake, *mails(5, 3))

    assert outcomes(receipts) == [Outcome.REFUSED] * 3
    assert all(isinstance(receipt.error, TooMuchWaits) for receipt in receipts)
    assert "5 emails wait" in str(receipts[0].error)
    assert stored(database) == 5


def test_mail_that_is_held_is_answered_at_the_limit(database, redis):
    """Whoever sends again what was accepted learns so, whatever waits."""
    intake = limited(database, redis, most=2)
    first, second = accept(intake, *mails(0, 2))

    again, new, elsewhere = (
        *accept(intake, *mails(1, 2)),
        *accept(intake, *mails(0, 1), mailbox="sales"),
    )

    assert (again.outcome, again.email_id) == (Outcome.DUPLICATE, second.email_id)
    assert (new.outcome, elsewhere.outcome) == (Outcome.REFUSED, Outcome.REFUSED)
    assert first.email_id is not None


def test_mail_is_accepted_again_once_the_queue_was_read(database, redis):
    """The limit opens by itself."""
    intake = limited(database, redis, most=2)
    accept(intake, *mails(0, 2))
    refused = accept(intake, *mails(2, 1))
    read_all(database)

    assert outcomes(refused) == [Outcome.REFUSED]
    assert outcomes(accept(intake, *mails(2, 1))) == [Outcome.STORED]


def test_oldest_mail_that_waited_too_long_closes_the_door(database, redis):
    """With a limit of age, what was enqueued longer ago than it refuses new mail; read mail does not."""
    intake = limited(database, redis, longest=HOUR)
    accept(intake, *mails(0, 1), now=NOW - HOUR * 2)

    refused = accept(intake, *mails(1, 1))
    read_all(database)
    accepted = accept(intake, *mails(1, 1))

    assert outcomes(refused) == [Outcome.REFUSED]
    assert "120 minutes" in str(refused[0].error)
    assert outcomes(accepted) == [Outcome.STORED]


def test_without_a_limit_any_number_waits(database, redis):
    """Zero is no limit, and costs no question."""
    intake = limited(database, redis)
    with database.unit_of_work() as session:
        session.execute(update(Email).values(enqueued_at=NOW - HOUR * 1000))

    assert outcomes(accept(intake, *mails(0, 20))) == [Outcome.STORED] * 20


def test_between_two_looks_what_this_process_stored_counts(database, redis):
    """A process that has not looked again for long still keeps the limit for its own mail."""
    intake = limited(database, redis, most=10, looks_every=HOUR)

    taken = [outcomes(accept(intake, *mails(n * 4, 4))) for n in range(5)]

    assert taken[:3] == [[Outcome.STORED] * 4] * 3
    assert taken[3:] == [[Outcome.REFUSED] * 4] * 2
    assert stored(database) == 12


def test_duplicates_do_not_use_up_the_room(database, redis):
    """Mail that is held already adds nothing to what waits."""
    intake = limited(database, redis, most=10, looks_every=HOUR)
    accept(intake, *mails(0, 8))

    for _ in range(5):
        assert outcomes(accept(intake, *mails(0, 8))) == [Outcome.DUPLICATE] * 8


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands still until it is moved."""

    class Clock:
        now = 1000.0

    monkeypatch.setattr(limits, "monotonic", lambda: Clock.now)
    return Clock


def test_retry_after_is_unknown_at_first_and_then_follows_the_speed_of_reading(database, redis, clock):
    """Two looks tell how fast the queue is read; the wait is until a tenth of the limit was."""
    intake = limited(database, redis, most=100)
    receipts = accept(intake, *mails(0, 100))
    (at_first,) = accept(intake, *mails(100, 1))
    ids = [receipt.email_id for receipt in receipts]
    clock.now += 2
    with database.unit_of_work() as session:  # 4 of 100 within two seconds
        classify(session, ids[:4], FakeTextModel(), POLICY, NOW)
    accept(intake, *mails(101, 4))  # let in, and now it is full again
    (later,) = accept(intake, *mails(105, 1))

    assert at_first.error.retry_after == limits.UNKNOWN_WAIT
    assert later.error.retry_after == timedelta(seconds=5)


def test_retry_after_stays_within_bounds(database, redis, clock):
    """A queue that nobody reads promises nothing; a fast one is not asked again at once by everybody."""
    intake = limited(database, redis, most=10)
    receipts = accept(intake, *mails(0, 10))
    accept(intake, *mails(10, 1))
    clock.now += 1
    with database.unit_of_work() as session:
        classify(session, [receipts[0].email_id], FakeTextModel(), POLICY, NOW)
    accept(intake, *mails(11, 1))
    (quick,) = accept(intake, *mails(12, 1))
    clock.now += 3600
    (after_long,) = accept(intake, *mails(13, 1))

    assert quick.error.retry_after == limits.SHORTEST_WAIT
    assert after_long.error.retry_after == limits.UNKNOWN_WAIT


def test_waiting_counts_what_waits_and_tells_the_oldest(database, redis):
    """Read mail is not counted."""
    intake = make_intake(database, redis)
    (old,) = accept(intake, *mails(0, 1), now=NOW - HOUR)
    accept(intake, *mails(1, 2))
    with database.reading() as session:
        before = waiting(session)
    read_all(database)
    with database.reading() as session:
        after = waiting(session)

    assert (before.count, before.oldest) == (3, NOW - HOUR)
    assert (after.count, after.oldest) == (0, None)
    assert old.email_id is not None
