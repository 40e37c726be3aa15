"""Emails that were set aside: tried again, or discarded."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage import failures
from triage.classify import classify_alone
from triage.errors import MalformedMessage, QueueUnavailable, TooMuchWaits
from triage.failures import DeadLetters
from triage.intake import Outcome, Submission, parse_anew
from triage.queue import WorkStream, connect
from triage.reconcile import reconcile
from triage.storage import emails, queued
from triage.storage.failures import FailedFilter, count_failed, failed_ids, failed_page
from triage.storage.inbox import InboxFilter, inbox_page
from triage.storage.tables import Verdict

EVERYTHING = FailedFilter()
BROKEN = FakeTextModel(fails_on=lambda text: "bad" in text.subject)
MENDED = FakeTextModel()


def parse_again(session, email_id, now):
    return parse_anew(session, email_id, POLICY, now)


def letters_of(intake):
    return DeadLetters(intake.database, intake.stream, intake.doorbell, intake.images, parse_again)


@pytest.fixture
def intake(database, redis):
    return make_intake(database, redis)


@pytest.fixture
def dead_letters(intake):
    return letters_of(intake)


@pytest.fixture
def set_aside(intake, redis):
    """The ids of five emails that failed five times."""
    ids = [receipt.email_id for receipt in accept(intake, *(raw_message(f"bad mail {n}") for n in range(5)))]
    for email_id in ids * 5:
        attempt(intake.database, email_id, BROKEN)
    redis.flushall()
    return ids


def attempt(database, email_id, model):
    classify_alone(database, email_id, model, POLICY, attempts_before=0, max_attempts=5, now=NOW)


def failed(database):
    with database.reading() as session:
        return failed_ids(session, EVERYTHING, limit=10_000)


def states(database):
    with database.reading() as session:
        return emails.count_by_state(session)


def test_email_tried_again_has_fresh_attempts_and_is_enqueued(intake, dead_letters, set_aside, redis):
    """After a retry the email waits like a new one; retrying twice enqueues it once."""
    first = dead_letters.retry(FailedFilter(ids=set_aside[:1]), NOW, limit=10)
    second = dead_letters.retry(FailedFilter(ids=set_aside[:1]), NOW, limit=10)

    with intake.database.reading() as session:
        email = emails.email_by_id(session, set_aside[0])
    assert (first, second) == (set_aside[:1], [])
    assert (email.state, email.attempts, email.error, email.failed_at) == (emails.QUEUED, 0, None, None)
    assert WorkStream(redis).length() == 1


def test_mended_cause_empties_the_list_and_gives_each_email_one_verdict(intake, redis):
    """A model raises for some mail, five times each; once it is mended, a retry gets everything read (A-38)."""
    database, dead_letters = intake.database, letters_of(intake)
    accept(intake, *(raw_message(f"{'bad' if n % 3 == 0 else 'good'} mail {n}") for n in range(12)))

    def work_off(model):
        for _ in range(6):  # the reconciler brings back what failed, until it is set aside
            for batch in intake.stream.batches(up_to=timedelta(seconds=60)):
                for email_id in batch.ids:
                    attempt(database, email_id, model)
                batch.acknowledge()
            reconcile(database, intake.stream, intake.doorbell, older_than=timedelta(0), now=NOW + timedelta(hours=1))

    work_off(BROKEN)
    set_aside, broken = failed(database), states(database)
    retried = [
        email_id for batch in dead_letters.retry_in_turn(EVERYTHING, per_second=100, limit=100) for email_id in batch
    ]
    work_off(MENDED)

    with database.reading() as session:
        verdicts = session.execute(select(Verdict.email_id, func.count()).group_by(Verdict.email_id)).all()
    assert broken == {"queued": 0, "read": 8, "failed": 4}
    assert retried == set_aside
    assert len(set_aside) == 4
    assert failed(database) == []
    assert Counter(count for _, count in verdicts) == {1: 12}


def test_cause_that_is_not_mended_sets_the_same_mail_aside_anew(intake, dead_letters, set_aside):
    """A run of retries takes each email once, even when it fails again before the run ends."""
    taken = []
    for batch in dead_letters.retry_in_turn(EVERYTHING, per_second=1000, limit=1000):
        taken += batch
        for email_id in batch * 5:
            attempt(intake.database, email_id, BROKEN)

    assert taken == set_aside
    assert failed(intake.database) == set_aside


def test_retry_in_turn_stops_at_its_limit(intake, dead_letters, set_aside):
    """`limit` is the most that is tried again; the rest stays set aside."""
    batches = list(dead_letters.retry_in_turn(EVERYTHING, per_second=2000, limit=3))

    assert batches == [set_aside[:3]]
    assert failed(intake.database) == set_aside[3:]


def test_retry_in_turn_takes_no_more_a_second_than_it_was_told(dead_letters, set_aside):
    """A second's worth is the size of a batch."""
    first = next(dead_letters.retry_in_turn(EVERYTHING, per_second=2, limit=100))

    assert first == set_aside[:2]


def test_retry_that_is_stopped_leaves_each_email_failed_or_queued(intake, dead_letters, set_aside):
    """After a stop between two batches another run goes on with what was not reached."""
    run = dead_letters.retry_in_turn(EVERYTHING, per_second=2, limit=100)
    first = next(run)
    run.close()  # what Ctrl-C does to it

    assert states(intake.database) == {"queued": 2, "read": 0, "failed": 3}
    rest = [
        email_id for batch in dead_letters.retry_in_turn(EVERYTHING, per_second=100, limit=100) for email_id in batch
    ]
    assert first + rest == set_aside


def test_retry_that_dies_before_it_enqueues_is_made_good_by_the_reconciler(intake, dead_letters, set_aside, redis):
    """Between the commit and Redis an email waits in the database, where the reconciler finds it."""
    dead_letters.retry(EVERYTHING, NOW, limit=100)
    redis.flushall()  # as if it had been killed after the commit

    found = reconcile(
        intake.database,
        intake.stream,
        intake.doorbell,
        older_than=timedelta(seconds=15),
        now=NOW + timedelta(minutes=1),
    )

    assert found == 5
    assert WorkStream(redis).length() == 5


def test_two_that_retry_at_once_take_each_email_once(intake, dead_letters, redis):
    """Four runs at the same time enqueue every email exactly once."""
    ids = [receipt.email_id for receipt in accept(intake, *(raw_message(f"bad {n}") for n in range(200)))]
    with intake.database.unit_of_work() as session:
        for email_id in ids:
            queued.EMAILS.set_aside(session, email_id, error="it broke", stage="read", attempts=5, now=NOW)
    redis.flushall()

    def run(_):
        return [one for batch in dead_letters.retry_in_turn(EVERYTHING, per_second=1000, limit=7) for one in batch] + [
            one for batch in dead_letters.retry_in_turn(EVERYTHING, per_second=10_000, limit=1000) for one in batch
        ]

    with ThreadPoolExecutor(4) as pool:
        taken = [email_id for part in pool.map(run, range(4)) for email_id in part]

    assert sorted(taken) == ids
    assert WorkStream(redis).length() == 200
    assert failed(intake.database) == []


def test_many_are_tried_again_only_while_new_mail_has_room(monkeypatch, intake, dead_letters, set_aside, redis):
    """What waits to be read goes first: a run does nothing until there is room, and then fills no more than that."""
    monkeypatch.setattr(failures, "ROOM", 4)
    monkeypatch.setattr(failures, "RETRY_AFTER", timedelta(seconds=0.01))
    accept(intake, *(raw_message(f"new mail {n}") for n in range(4)))
    run = dead_letters.retry_in_turn(EVERYTHING, per_second=100, limit=100)

    with pytest.raises(TooMuchWaits, match="4 emails wait"):
        dead_letters.retry_where_room(EVERYTHING, NOW, limit=1)
    waiting = [next(run), next(run)]
    for batch in intake.stream.batches(up_to=timedelta(seconds=60)):
        batch.acknowledge()
    first = next(run)

    assert waiting == [[], []]
    assert first == set_aside[:4]


def test_many_are_not_tried_again_while_nobody_knows_the_queue(intake, set_aside, tmp_path):
    """Without Redis a run of many changes nothing; named emails are requeued, and enqueued once Redis is back."""
    away = WorkStream(connect(f"unix://{tmp_path}/none.sock"))
    dead_letters = DeadLetters(intake.database, away, intake.doorbell, intake.images, parse_again)

    with pytest.raises(QueueUnavailable):
        list(dead_letters.retry_in_turn(EVERYTHING, per_second=100, limit=100))
    assert failed(intake.database) == set_aside
    assert dead_letters.retry(FailedFilter(ids=set_aside[:1]), NOW, limit=1) == set_aside[:1]


def test_discarded_email_leaves_list_and_inbox_and_keeps_its_bytes(intake, dead_letters, set_aside):
    """A discarded email is nobody's work any more, and still stored; it is not tried again either."""
    gone = dead_letters.discard(FailedFilter(ids=[*set_aside, 999]), NOW, limit=10)
    again = dead_letters.retry(EVERYTHING, NOW, limit=10)

    with intake.database.reading() as session:
        assert gone == set_aside
        assert again == []
        assert failed_page(session, EVERYTHING) == []
        assert inbox_page(session, InboxFilter()) == []
        assert all(emails.message_of(session, email_id).raw for email_id in set_aside)


def test_new_failure_is_told_by_cause_and_time(intake, set_aside):
    """The words of the cause hold no count, so that the same cause groups; the count and the time stand beside."""
    with intake.database.reading() as session:
        email = emails.email_by_id(session, set_aside[0])
        count = count_failed(session, FailedFilter(since=datetime(2026, 1, 1, tzinfo=UTC)))

    assert (email.error, email.error_stage) == ("reading it raised ValueError", "read")
    assert (email.attempts, email.failed_at, count) == (5, NOW, 5)


def test_mail_that_was_stored_unread_is_parsed_again(intake, dead_letters, monkeypatch):
    """What intake could not read goes back to the queue with its text once a later release can."""
    monkeypatch.setattr("triage.mail.bounds.MAX_PARTS", 1)
    raw = raw_message(headers="MIME-Version: 1.0\r\n").replace(
        b"Content-Type: text/plain; charset=utf-8\r\n\r\nTwo people",
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nTwo people",
    )
    (receipt,) = intake.keep([Submission(raw)], mailbox="main", now=NOW)

    in_vain = dead_letters.retry(EVERYTHING, NOW, limit=10)
    still = failed(intake.database)
    monkeypatch.undo()
    again = dead_letters.retry(EVERYTHING, NOW, limit=10)

    with intake.database.reading() as session:
        (waiting,) = emails.waiting_emails(session, [receipt.email_id])
    assert receipt.outcome is Outcome.SET_ASIDE
    assert in_vain == still == again == [receipt.email_id]
    assert waiting.text == ("The lift is stuck", "Two people are inside.")
    assert intake.stream.length() == 1


def test_mail_of_which_only_the_beginning_is_here_stays_set_aside(intake, dead_letters):
    """A stump is never passed off as the mail: trying it again leaves it where it is."""
    too_large = MalformedMessage("too large")
    (receipt,) = intake.keep([Submission(raw_message(), fault=too_large, size_bytes=10**9)], mailbox="main", now=NOW)

    dead_letters.retry(EVERYTHING, NOW, limit=10)

    with intake.database.reading() as session:
        email = emails.email_by_id(session, receipt.email_id)
    assert (email.state, email.size_bytes) == ("failed", 10**9)
    assert "only the beginning" in email.error
    assert intake.stream.length() == 0
