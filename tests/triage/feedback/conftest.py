"""Stored mail, read by a fake model, and a person who labels it."""

from datetime import timedelta

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message, reading
from triage import feedback
from triage.classify import classify
from triage.labels import Sentiment, Topic, Urgency
from triage.ranking import Statement
from triage.storage.inbox import inbox_row

MODEL = FakeTextModel(
    reading(topic=Topic.TECHNICAL, urgency=Urgency.NORMAL, sentiment=Sentiment.NEUTRAL, confidence=0.6)
)


@pytest.fixture
def ids(database, redis):
    """Four emails: the model has read the first three, the last waits."""
    receipts = accept(make_intake(database, redis), *(raw_message(f"mail {n}", f"body {n}") for n in range(4)))
    made = [receipt.email_id for receipt in receipts]
    with database.unit_of_work() as session:
        classify(session, made[:3], MODEL, POLICY, NOW)
    return made


@pytest.fixture
def say(database):
    """Label emails, each time a minute later than before."""
    minutes = iter(range(1, 1000))

    def says(email_ids, *, author="anna", source="human", now=None, **heads):
        now = now or NOW + timedelta(minutes=next(minutes))
        many = [email_ids] if isinstance(email_ids, int) else email_ids
        with database.unit_of_work() as session:
            return feedback.label(
                session, many, Statement(**heads), source=source, author=author, now=now, policy=POLICY
            )

    return says


@pytest.fixture
def row(database):
    """Look at an email as the inbox shows it."""

    def looks(email_id):
        with database.reading() as session:
            return inbox_row(session, email_id)

    return looks


def place(row):
    """Where an email stands."""
    email = row.email
    return email.priority, email.band, email.topic, email.rank_at, email.reasons


def said(row):
    """What counts of what people said."""
    return {} if row.labels is None else row.labels.said.statement.as_json()
