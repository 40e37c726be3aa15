"""Learning how important senders are from what people do with their mail."""

from datetime import timedelta

import pytest
from sqlalchemy import select, update

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from tests.triage.policies import SHIPPED
from triage import importance
from triage.classify import classify
from triage.dry_run import dry_run
from triage.feedback import label
from triage.feedback.closing import close_many
from triage.feedback.undo import withdraw_last
from triage.handle import delete, mark_done, reopen
from triage.importance import weigh
from triage.labels import Urgency
from triage.ranking import Statement, policy_from_text
from triage.ranking.importance import NO_EVIDENCE
from triage.retention import Periods, purge
from triage.storage.inbox import inbox_row
from triage.storage.senders import evidence_on
from triage.storage.tables import Email, Sender, Treated

MODEL = FakeTextModel(reading(urgency=Urgency.NORMAL, confidence=0.6))
SOON, LATE = NOW + timedelta(minutes=20), NOW + timedelta(hours=5)


@pytest.fixture
def receive(database, redis):
    """Take in and read mail of a sender; return its ids."""
    intake = make_intake(database, redis)
    numbers = iter(range(10_000))

    def received(count, sender="Anna <Anna@example.org>", mailbox="main"):
        raws = [raw_message(f"mail {next(numbers)}", sender=sender) for _ in range(count)]
        ids = [receipt.email_id for receipt in accept(intake, *raws, mailbox=mailbox)]
        with database.unit_of_work() as session:
            classify(session, ids, MODEL, POLICY, NOW)
        return ids

    return received


def do(database, act, email_ids, *args):
    with database.unit_of_work() as session:
        for email_id in email_ids:
            act(session, email_id, *args)


def say(database, email_ids, **heads):
    with database.unit_of_work() as session:
        label(session, email_ids, Statement(**heads), source="human", author="anna", now=SOON, policy=POLICY)


def evidence(database, address="anna@example.org", mailbox_id=1):
    with database.reading() as session:
        return evidence_on(session, [(mailbox_id, address)]).get((mailbox_id, address), NO_EVIDENCE)


def stored(database, email_id):
    with database.reading() as session:
        return inbox_row(session, email_id)


def test_mail_of_a_sender_who_is_answered_first_stands_higher(database, receive):
    """The reason says so in figures, and mail of others stands where it stood."""
    do(database, mark_done, receive(7), SOON)
    do(database, mark_done, receive(2), LATE)
    do(database, mark_done, receive(20, sender="bo@example.org"), LATE)
    weigh(database)

    (of_anna,), (of_bo,) = receive(1), receive(1, sender="bo@example.org")

    of_anna, of_bo = stored(database, of_anna), stored(database, of_bo)
    assert of_bo.email.priority < of_anna.email.priority <= of_bo.email.priority + POLICY.learned_most
    assert "7 of 9 mails of Anna@example.org were handled within the hour" in str(of_anna.verdict.reasons)
    assert "importance" not in str(of_bo.verdict.reasons)


def test_what_is_undone_counts_no_more(database, receive):
    """Reopened mail, withdrawn labels and deleted mail leave nothing behind, however often it is weighed."""
    done, labelled = receive(3), receive(3, sender="cleo@example.org")
    do(database, mark_done, done, SOON)
    say(database, labelled, urgency=Urgency.HIGH)
    weigh(database)
    before = evidence(database).soon, evidence(database, "cleo@example.org").raised

    do(database, reopen, done)
    with database.unit_of_work() as session:
        for email_id in labelled[:2]:
            withdraw_last(session, email_id, author="anna", now=LATE, policy=POLICY)
        delete(session, labelled[2], LATE)
    weigh(database)

    assert before == (3, 3)
    assert (evidence(database), evidence(database, "cleo@example.org"), weigh(database)) == (NO_EVIDENCE,) * 2 + (0,)


def test_people_of_one_mailbox_teach_no_other(database, receive):
    """What is learned stays in the mailbox."""
    do(database, mark_done, receive(5), SOON)
    receive(1, mailbox="other")
    weigh(database)

    (elsewhere,) = receive(1, mailbox="other")

    assert evidence(database).soon == 5
    assert "importance" not in str(stored(database, elsewhere).verdict.reasons)
    with database.reading() as session:
        assert set(session.scalars(select(Sender.mailbox_id))) == {1}


def test_mail_that_is_only_sent_teaches_nothing(database, receive):
    """A newcomer who writes a hundred times is as unknown as before: only what people do counts."""
    receive(100)

    assert (weigh(database), evidence(database)) == (0, NO_EVIDENCE)


def test_closing_many_at_once_sets_their_senders_aside(database, receive):
    """Ten and more that are done together, of which nothing was said, were not looked at for long."""
    ids = receive(12, sender="news@example.org") + receive(3)
    with database.unit_of_work() as session:
        mark_done(session, ids[-1], SOON)
    close_many(database, ids[:12], SOON)
    close_many(database, ids[12:14], SOON)
    weigh(database)

    assert (evidence(database, "news@example.org").swept, evidence(database).swept) == (12, 0)


def test_mail_that_came_done_was_done_by_nobody_here(database, receive):
    """An archive that is taken in as done is no work of the people of this mailbox."""
    with database.unit_of_work() as session:
        for email_id in receive(4):
            session.get(Email, email_id).handled_at = NOW

    assert (weigh(database), evidence(database)) == (0, NO_EVIDENCE)


def test_dry_run_shows_what_switching_it_off_would_move(database, receive):
    """The dry run counts what was learned as the policy that is tried says."""
    say(database, receive(9), urgency=Urgency.CRITICAL)
    weigh(database)
    (new,) = receive(1)
    off = policy_from_text(SHIPPED.replace("learned = true", "learned = false"))

    with database.reading() as session:
        same, without = dry_run(session, 1, POLICY), dry_run(session, 1, off)

    assert new not in [move.email.id for move in same.largest]
    assert new in [move.email.id for move in without.largest]


def test_who_is_stopped_while_weighing_leaves_the_rest_to_the_next(database, receive, monkeypatch):
    """What was noted is weighed in short transactions; a crash between two loses and doubles nothing."""
    ids = receive(5)
    do(database, mark_done, ids, SOON)
    monkeypatch.setattr(importance, "BATCH", 2)
    monkeypatch.setattr(importance, "MOST_BATCHES", 1)

    weighed = [weigh(database) for _ in range(4)]

    assert (weighed, evidence(database).soon) == ([2, 2, 1, 0], 5)


@pytest.mark.parametrize("what", ["text", "all"])
def test_what_is_known_of_a_sender_goes_with_their_mail(database, receive, what):
    """Retention leaves no address among senders; of one whose newer mail stays, that mail alone counts."""
    gone = receive(4, "Bob <bob@example.org>")
    older, newer = receive(3), receive(4)
    with database.unit_of_work() as session:
        session.execute(update(Email).where(Email.id.in_(newer)).values(stored_at=NOW + timedelta(days=40)))
    do(database, mark_done, [*gone, *older, *newer], LATE)
    weigh(database)
    assert evidence(database, "anna@example.org").mails == 7

    purge(database, Periods(**{what: 30}), NOW + timedelta(days=45))

    assert evidence(database, "bob@example.org") == NO_EVIDENCE
    assert evidence(database, "anna@example.org").mails == 4
    with database.reading() as session:
        assert set(session.scalars(select(Treated.address))) == {"anna@example.org"}
