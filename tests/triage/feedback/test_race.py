"""A worker that writes a verdict and a person who labels the same email, at the same moment, on both databases."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest
from sqlalchemy import func, select

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from tests.triage.feedback.conftest import MODEL, place, said
from triage import feedback
from triage.classify import classify
from triage.labels import Urgency
from triage.ranking import Statement
from triage.storage import emails
from triage.storage.tables import Label

ORDER = Statement(topic="order", urgency=Urgency.CRITICAL)


def label(database, email_ids, statement=ORDER, author="anna"):
    with database.unit_of_work() as session:
        return feedback.label(session, email_ids, statement, source="human", author=author, now=NOW, policy=POLICY)


def read(database, email_ids, model=MODEL):
    with database.unit_of_work() as session:
        classify(session, email_ids, model, POLICY, NOW)


@pytest.fixture
def many(database, redis):
    """Forty emails that wait for the model."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}") for n in range(40)))
    return [receipt.email_id for receipt in receipts]


def test_label_said_while_the_model_reads_is_not_overwritten(database, ids, row):
    """The worker holds the text already when the person speaks; its verdict comes last and gives way."""
    model_reads, person_spoke = Event(), Event()

    class SlowModel(FakeTextModel):
        def read(self, texts):
            model_reads.set()
            # On SQLite the worker's transaction keeps others out, so there the person's turn comes after it.
            person_spoke.wait(1)
            return super().read(texts)

    def speak():
        model_reads.wait(30)
        label(database, [ids[3]])
        person_spoke.set()

    with ThreadPoolExecutor() as threads:
        worker = threads.submit(read, database, [ids[3]], SlowModel(reading(confidence=0.6)))
        person = threads.submit(speak)
        worker.result(60)
        person.result(60)
    label(database, [ids[0]])

    assert row(ids[3]).email.state == emails.READ
    assert said(row(ids[3])) == ORDER.as_json()
    assert place(row(ids[3])) == place(row(ids[0]))


def test_verdicts_and_labels_of_many_at_once_leave_every_email_as_said(database, many, row):
    """Whoever is first, each email ends read, at the place that its label gives it, and nobody waits in a circle."""
    start = Barrier(4)

    def worker(share):
        start.wait(30)
        for first in range(0, len(share), 10):
            read(database, share[first : first + 10])

    def person(share):
        start.wait(30)
        for email_id in share:
            label(database, [email_id])

    def people(share):
        start.wait(30)
        label(database, share)

    with ThreadPoolExecutor() as threads:
        done = [
            threads.submit(worker, many),
            threads.submit(worker, many[::-1]),
            threads.submit(person, many[::-1]),
            threads.submit(people, many),
        ]
        for one in done:
            one.result(100)

    rows = [row(email_id) for email_id in many]
    assert {one.email.state for one in rows} == {emails.READ}
    assert all(said(one) == ORDER.as_json() for one in rows)
    assert len({(one.email.priority, one.email.band, one.email.topic) for one in rows}) == 1
    assert rows[0].email.topic == "order"


def test_the_same_said_by_many_at_once_is_kept_once(database, ids):
    """Eight clicks on the same button store one label."""
    start = Barrier(8)

    def click():
        start.wait(30)
        return label(database, ids)

    with ThreadPoolExecutor(8) as threads:
        done = [one.result(60) for one in [threads.submit(click) for _ in range(8)]]

    assert sum(one.is_new for several in done for one in several) == len(ids)
    with database.reading() as session:
        assert session.scalar(select(func.count()).select_from(Label)) == len(ids)


def test_undo_while_the_model_reads_again_leaves_the_verdict_alone(database, ids, row):
    """A label that is withdrawn while a new version reads does not come back with its verdict."""
    label(database, [ids[0]])
    with database.unit_of_work() as session:
        emails.email_by_id(session, ids[0]).state = emails.QUEUED
    start = Barrier(2)

    def undo():
        start.wait(30)
        with database.unit_of_work() as session:
            feedback.withdraw_last(session, ids[0], author="anna", now=NOW, policy=POLICY)

    def worker():
        start.wait(30)
        read(database, [ids[0]], FakeTextModel(reading(urgency=Urgency.LOW), version="fake-2"))

    with ThreadPoolExecutor() as threads:
        for one in [threads.submit(undo), threads.submit(worker)]:
            one.result(60)

    ended = row(ids[0])
    assert (ended.email.model_version, ended.email.topic, ended.email.reasons) == ("fake-2", "technical", None)
    assert ended.email.priority == ended.verdict.priority
