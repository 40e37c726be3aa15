"""Emails to verdicts: once each, one bad email at a time, and no more than five attempts."""

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage.classify import classify, classify_alone
from triage.errors import StorageUnavailable
from triage.labels import Topic, Urgency
from triage.storage import emails, queued
from triage.storage.inbox import InboxFilter, inbox_page
from triage.storage.tables import Email, Verdict


@pytest.fixture
def stored(database, redis):
    """The ids of three stored emails."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}", f"body {n}") for n in range(3)))
    return [receipt.email_id for receipt in receipts]


def email(database, email_id):
    with database.reading() as session:
        return emails.email_by_id(session, email_id)


def alone(database, email_id, model, *, attempts_before=0):
    classify_alone(database, email_id, model, POLICY, attempts_before=attempts_before, max_attempts=5, now=NOW)


def test_classified_email_moves_to_the_place_its_verdict_gives(database, stored):
    """A verdict and the email's priority, band, topic and place are written together."""
    model = FakeTextModel(reading(urgency=Urgency.CRITICAL, topic=Topic.ACCOUNT, confidence=0.97))

    with database.unit_of_work() as session:
        classify(session, stored[2:], model, POLICY, NOW)

    with database.reading() as session:
        first = inbox_page(session, InboxFilter())[0]
    assert first.email.id == stored[2]
    assert (first.email.state, first.email.topic, first.email.band) == (emails.READ, "account", "critical")
    assert first.verdict.priority == first.email.priority > POLICY.default_priority
    assert first.verdict.reasons[0]["factor"] == "urgency"
    assert first.verdict.distributions["urgency"]["critical"] == pytest.approx(0.97)


def test_pressing_mail_is_stored_with_the_words_that_made_it_so(database, stored):
    """What people look at first says why; of ordinary mail nobody asks, for it costs more than the reading."""
    critical, calm = FakeTextModel(reading(urgency=Urgency.CRITICAL)), FakeTextModel(reading(urgency=Urgency.LOW))

    with database.unit_of_work() as session:
        classify(session, stored[:1], critical, POLICY, NOW)
        classify(session, stored[1:], calm, POLICY, NOW)

    with database.reading() as session:
        rows = {row.email.id: row.verdict.reasons for row in inbox_page(session, InboxFilter())}
    assert rows[stored[0]][0]["phrases"] == ["mail"]
    assert not any("phrases" in reason for reason in rows[stored[1]])
    assert (len(critical.have_explained), calm.have_explained) == (1, [])


def test_redelivered_batch_leaves_one_verdict(database, stored):
    """Classifying emails twice under one model version stores one verdict each."""
    model = FakeTextModel()

    for _ in range(2):
        with database.unit_of_work() as session:
            classify(session, stored, model, POLICY, NOW)

    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Verdict)) == 3
    assert len(model.have_read) == 3


def test_email_that_was_set_aside_while_it_was_read_stays_so(database, stored):
    """A verdict moves only mail that still waits; its neighbours in the batch are moved."""

    class SlowModel(FakeTextModel):
        def read(self, texts):
            queued.EMAILS.set_aside(session, stored[1], error="too late", stage="read", attempts=5, now=NOW)
            return super().read(texts)

    with database.unit_of_work() as session:
        classify(session, stored, SlowModel(), POLICY, NOW)

    assert [email(database, one).state for one in stored] == [emails.READ, emails.FAILED, emails.READ]
    assert email(database, stored[1]).error == "too late"


def test_model_reads_subject_and_own_words(database, redis):
    """What goes to the model is the subject and the newest writer's text, without what they quote."""
    raw = raw_message(
        "Re: heating", "It is cold again.\r\n\r\nOn Mon, 2 Mar 2026, Info wrote:\r\n> URGENT call 112\r\n"
    )
    (receipt,) = accept(make_intake(database, redis), raw)
    model = FakeTextModel()

    with database.unit_of_work() as session:
        classify(session, [receipt.email_id], model, POLICY, NOW)

    (text,) = model.have_read
    assert text.subject == "Re: heating"
    assert "cold again" in text.body
    assert "URGENT" not in text.body


def test_email_that_raises_is_set_aside_after_five_attempts(database, stored):
    """The fifth failure sets the email aside with its reason; it stays in the inbox."""
    model = FakeTextModel(fails_on=lambda text: True)

    states = []
    for _ in range(6):
        alone(database, stored[0], model)
        states.append((email(database, stored[0]).state, email(database, stored[0]).attempts))

    assert states == [("queued", 1), ("queued", 2), ("queued", 3), ("queued", 4), ("failed", 5), ("failed", 5)]
    assert "ValueError" in email(database, stored[0]).error
    with database.reading() as session:
        assert stored[0] in {row.email.id for row in inbox_page(session, InboxFilter())}


def test_email_that_ends_the_process_is_given_five_attempts(database, stored):
    """A first delivery is not counted in our row, so a redelivered email has had one attempt at least (A-14)."""

    class Death(BaseException):
        """Stands for a process that is gone: nothing after it runs."""

    deaths = 1  # the first delivery, in a batch

    class DeadlyModel(FakeTextModel):
        def read(self, texts):
            raise Death

    while email(database, stored[0]).state == emails.QUEUED:
        try:
            alone(database, stored[0], DeadlyModel(), attempts_before=1)
        except Death:
            deaths += 1
        assert deaths < 20

    assert deaths == 5
    assert email(database, stored[0]).attempts == 5


def test_failing_email_does_not_hold_back_a_sound_one(database, stored):
    """After an email failed the next one is read."""
    model = FakeTextModel(fails_on=lambda text: text.subject == "mail 0")

    for email_id in stored:
        alone(database, email_id, model)

    assert [email(database, email_id).state for email_id in stored] == ["queued", "read", "read"]


def test_database_that_goes_away_is_no_fault_of_the_email(database, stored):
    """A transient error is passed on and sets nothing aside."""

    class ModelWithoutDatabase(FakeTextModel):
        def read(self, texts):
            raise StorageUnavailable("gone")

    with pytest.raises(StorageUnavailable):
        alone(database, stored[0], ModelWithoutDatabase())

    assert email(database, stored[0]).error is None


def test_email_that_was_handled_meanwhile_or_deleted_is_passed_over(database, stored):
    """Ids that wait no more are no error."""
    with database.unit_of_work() as session:
        session.delete(emails.message_of(session, stored[0]))
        session.delete(session.get(Email, stored[0]))

    with database.unit_of_work() as session:
        assert classify(session, [*stored, 999_999], FakeTextModel(), POLICY, NOW) == 2
