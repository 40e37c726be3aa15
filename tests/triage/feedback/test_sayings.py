"""What a person says of an email counts at once, and what the model said stays as it was."""

from datetime import timedelta

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from tests.triage.feedback.conftest import MODEL, place, said
from triage import feedback
from triage.classify import classify
from triage.errors import InvalidLabel, UnknownTopic
from triage.feedback import Saying
from triage.labels import Sentiment, Urgency
from triage.ranking import Statement
from triage.storage import emails
from triage.storage.inbox import InboxCursor, InboxFilter, inbox_page
from triage.storage.tables import Label, Verdict


def count_labels(database):
    with database.reading() as session:
        return session.scalar(select(func.count()).select_from(Label))


def requeue(database, email_id):
    with database.unit_of_work() as session:
        emails.email_by_id(session, email_id).state = emails.QUEUED


def test_label_moves_the_email_at_once(database, ids, say, row):
    """A mail labelled critical leads the inbox, says who said so, and is sure of it."""
    before = row(ids[1])

    (done,) = say(ids[1], urgency=Urgency.CRITICAL, topic="billing")

    after = row(ids[1])
    assert (done.email_id, done.is_new) == (ids[1], True)
    assert after.email.priority > before.email.priority
    assert after.email.topic == "billing"
    texts = {reason["factor"]: reason["text"] for reason in after.email.reasons}
    assert (texts["topic"], texts["urgency"]) == ("topic: you said billing", "urgency: you said critical")
    assert after.email.rank_at == after.email.received_at - POLICY.horizon * after.email.priority
    with database.reading() as session:
        assert inbox_page(session, InboxFilter())[0].email.id == ids[1]
        assert [one.email.id for one in inbox_page(session, InboxFilter(topic="billing"))] == [ids[1]]


def test_verdict_stays_what_the_model_said(database, ids, say, row):
    """A label changes the place of its email, and no word of the stored verdict."""

    def verdict():
        with database.reading() as session:
            return session.execute(select(Verdict.__table__).where(Verdict.email_id == ids[0])).one()

    before = verdict()

    say(ids[0], topic="order", sentiment=Sentiment.NEGATIVE, urgency=Urgency.HIGH, action_required=False)

    assert verdict() == before
    assert row(ids[0]).labels.said.statement.heads == ("topic", "sentiment", "urgency", "action_required")


def test_all_heads_said_leave_nothing_to_the_model(ids, say, row):
    """Two mails about which the same is said of every head stand the same, however they were read."""
    heads = {"topic": "order", "sentiment": Sentiment.NEGATIVE, "urgency": Urgency.HIGH, "action_required": True}

    say([ids[0], ids[3]], **heads)

    assert place(row(ids[0])) == place(row(ids[3]))


def test_unread_mail_can_be_labelled_and_jumps_at_once(database, ids, say, row):
    """Nobody waits for the model: what is said counts, the rest is taken as in an ordinary mail."""
    say(ids[3], urgency=Urgency.CRITICAL)

    unread = row(ids[3])
    assert (unread.email.state, unread.verdict, unread.email.topic) == (emails.QUEUED, None, None)
    ordinary = POLICY.share["urgency"] * POLICY.ordinary["urgency"]
    assert unread.email.priority == pytest.approx(POLICY.default_priority - ordinary + POLICY.share["urgency"])


def test_label_before_the_verdict_and_after_it_lead_to_the_same_place(database, ids, say, row):
    """It does not matter who comes first, the worker or the person."""
    say([ids[0], ids[3]], topic="contract", urgency=Urgency.HIGH)

    with database.unit_of_work() as session:
        classify(session, [ids[3]], MODEL, POLICY, NOW)

    assert row(ids[3]).email.state == emails.READ
    assert place(row(ids[3])) == place(row(ids[0]))


def test_label_survives_a_new_model(database, ids, say, row):
    """Mail that is read again under another version keeps what a person said (A-21)."""
    say(ids[0], topic="billing")
    requeue(database, ids[0])

    with database.unit_of_work() as session:
        classify(session, [ids[0]], FakeTextModel(reading(urgency=Urgency.HIGH), version="fake-2"), POLICY, NOW)

    again = row(ids[0])
    assert (again.email.model_version, again.verdict.topic, again.email.topic) == ("fake-2", "technical", "billing")
    factors = {reason["factor"]: reason["text"] for reason in again.email.reasons}
    assert factors["topic"] == "topic: you said billing"
    assert factors["urgency"].startswith("should be dealt with today")


def test_newest_word_counts_head_by_head(ids, say, row):
    """A later statement of one head leaves the others of an earlier one in force."""
    say(ids[0], topic="billing", urgency=Urgency.LOW)
    say(ids[0], author="ben", topic="order")

    assert said(row(ids[0])) == {"topic": "order", "urgency": "low"}


def test_person_goes_before_a_rule(ids, say, row):
    """A rule counts where no person spoke, however new it is, and the reason says that it was a rule."""
    say(ids[0], topic="billing")
    say(ids[0], source="rule", author="newsletters", topic="bulk", urgency=Urgency.LOW)

    assert said(row(ids[0])) == {"topic": "billing", "urgency": "low"}
    texts = {reason["factor"]: reason["text"] for reason in row(ids[0]).email.reasons}
    assert texts["urgency"] == "urgency: a rule says low"


def test_same_statement_again_adds_nothing(database, ids, say):
    """Repeating what is in force is harmless; the answer names the label that says it."""
    (first,) = say(ids[0], topic="billing", urgency=Urgency.HIGH)
    (again,) = say(ids[0], topic="billing")
    (spelled,) = say(ids[0], topic=" BILLING ")

    assert (again.label_id, again.is_new) == (spelled.label_id, spelled.is_new) == (first.label_id, False)
    assert count_labels(database) == 1


def test_somebody_else_saying_the_same_is_kept(database, ids, say):
    """Agreement is a statement of its own: it stands when the first is withdrawn."""
    say(ids[0], topic="billing")
    say(ids[0], author="ben", topic="billing")

    assert count_labels(database) == 2


def test_what_was_overruled_can_be_said_again(ids, say, row):
    """A, then B, then A again ends with A."""
    for topic in ("billing", "order", "billing"):
        say(ids[0], topic=topic)

    assert said(row(ids[0])) == {"topic": "billing"}


@pytest.mark.parametrize("source", ["import", "rule"])
def test_machine_that_repeats_itself_does_not_overrule_a_person(database, ids, say, row, source):
    """A file that is imported every night leaves alone what a person corrected meanwhile."""
    say(ids[0], source=source, author="nightly", topic="billing")
    say(ids[0], topic="order")

    (again,) = say(ids[0], source=source, author="nightly", topic="billing")

    assert not again.is_new
    assert said(row(ids[0])) == {"topic": "order"}


def test_import_that_changed_its_mind_counts(ids, say, row):
    """A file that says something else than before is heard, also when it goes back to its first word."""
    for topic in ("billing", "order", "billing"):
        say(ids[0], source="import", author="file", topic=topic)

    assert said(row(ids[0])) == {"topic": "billing"}


def test_what_was_said_earlier_elsewhere_does_not_overrule(database, ids, say, row):
    """A statement with an older time counts only for heads that nobody spoke of since."""
    say(ids[0], topic="order", now=NOW)
    late = Saying(ids[0], Statement(topic="billing"), "ben", said_at=NOW - timedelta(days=1))
    both = Saying(ids[0], Statement("billing", urgency=Urgency.HIGH), "ben", said_at=NOW - timedelta(days=1))

    done = []
    for saying in (late, both, both):
        with database.unit_of_work() as session:
            done += feedback.label_each(session, [saying], source="import", now=NOW, policy=POLICY)

    assert [one.is_new for one in done] == [False, True, False]
    assert said(row(ids[0])) == {"topic": "order", "urgency": "high"}


def test_clock_that_was_set_back_does_not_bury_the_newest_word(ids, say, row):
    """What is said last counts, whatever the clock says."""
    say(ids[0], topic="billing", now=NOW + timedelta(hours=2))
    say(ids[0], topic="order", now=NOW)

    assert said(row(ids[0])) == {"topic": "order"}


def test_unknown_topic_is_refused_with_what_there_is(database, ids, say, row):
    """The error names the topics and how to add one, and nothing was labelled."""
    with pytest.raises(UnknownTopic) as refusal:
        say(ids, topic="Rechnung", urgency=Urgency.HIGH)

    assert str(refusal.value).startswith("mailbox main has no topic Rechnung; it has technical, account, billing,")
    assert "`triage topics add Rechnung --mailbox main`" in str(refusal.value)
    assert count_labels(database) == 0
    assert row(ids[0]).labels is None


@pytest.mark.parametrize(("heads", "author"), [({}, "anna"), ({"topic": "billing"}, ""), ({"topic": "\x00"}, "anna")])
def test_statement_that_says_nothing_is_refused(database, ids, say, heads, author):
    """No heads, no author, or no name of a topic."""
    with pytest.raises(InvalidLabel):
        say(ids[0], author=author, **heads)

    assert count_labels(database) == 0


def test_email_that_is_gone_is_passed_over(ids, say):
    """The others are labelled."""
    assert [one.email_id for one in say([ids[2], 999_999, ids[0]], topic="bulk")] == [ids[0], ids[2]]


def test_pages_are_right_after_emails_moved(database, ids, say):
    """Following the cursor after labels moved mail up and down shows every email once, in the new order."""
    say(ids[2], urgency=Urgency.CRITICAL)
    say(ids[0], urgency=Urgency.LOW)

    seen, after = [], None
    with database.reading() as session:
        while rows := inbox_page(session, InboxFilter(), after=after, limit=1):
            seen.append(rows[0].email.id)
            after = InboxCursor(rows[0].email.rank_at, rows[0].email.id)

    assert seen[0] == ids[2]
    assert seen[-1] == ids[0]
    assert sorted(seen) == ids
