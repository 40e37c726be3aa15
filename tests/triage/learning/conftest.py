"""A mailbox that is labelled."""

from datetime import timedelta

import pytest

from tests.make import NOW, POLICY, accept, make_intake, raw_message
from tests.triage.learning.make import (
    MODEL,
    emails_of,
    read,
)
from triage import feedback
from triage.ranking import Statement


@pytest.fixture
def receive(database, redis):
    """Take in mails and let a model read them; return their numbers."""

    def receives(*bodies, model=MODEL):
        start = len(emails_of(database))
        raws = [raw_message(f"mail {start + n}", body) for n, body in enumerate(bodies)]
        made = [one.email_id for one in accept(make_intake(database, redis), *raws)]
        if model is not None:
            read(database, made, model)
        return made

    return receives


@pytest.fixture
def say(database):
    """Label emails, a minute later each time; return the number of the last label."""
    minutes = iter(range(1, 1000))

    def says(*email_ids, source="human", author="anna", **heads):
        now = NOW + timedelta(minutes=next(minutes))
        with database.unit_of_work() as session:
            told = Statement(**heads)
            done = feedback.label(session, email_ids, told, source=source, author=author, now=now, policy=POLICY)
        return done[-1].label_id

    return says


@pytest.fixture
def withdraw(database):
    def withdraws(email_id, label_id):
        with database.unit_of_work() as session:
            feedback.withdraw(session, email_id, label_id, author="anna", now=NOW, policy=POLICY)

    return withdraws
