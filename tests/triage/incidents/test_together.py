"""What is done with all mails of an incident at once, and undone."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.make import NOW, POLICY
from tests.triage.incidents.conftest import POWER
from triage.errors import IncidentNotFound
from triage.feedback import label
from triage.handle import mark_done
from triage.incidents.grouping import group_emails
from triage.incidents.together import close_all, label_all, reopen_all, withdraw_all
from triage.ranking import Statement
from triage.storage.labels import labels_in_force
from triage.storage.tables import Email

LATER = NOW + timedelta(minutes=5)


@pytest.fixture
def incident_id(database, outage):
    """The number of the incident that the six mails are."""
    with database.reading() as session:
        return session.get(Email, outage[0]).incident_id


def handled(database, ids):
    """Those of the emails that somebody has handled."""
    with database.reading() as session:
        return set(session.scalars(select(Email.id).where(Email.id.in_(ids), Email.handled_at.is_not(None))))


def topics(database, ids):
    """What people say each email is about."""
    with database.reading() as session:
        return {one: told.said.statement.topic for one, told in labels_in_force(session, ids).items()}


def test_closing_takes_all_off_and_reopening_brings_back_what_it_took(database, outage, incident_id):
    """A mail that somebody had done before stays done when the closing is undone."""
    with database.unit_of_work() as session:
        mark_done(session, outage[0], NOW)

    closed = close_all(database, incident_id, LATER)
    after_closing = handled(database, outage)
    reopened = reopen_all(database, incident_id)

    assert (closed, after_closing) == (5, set(outage))
    assert (reopened, handled(database, outage)) == (5, {outage[0]})


def test_closing_again_takes_mail_that_joined_since_and_one_undo_brings_back_all(database, arrive, outage, incident_id):
    """What was stopped midway, or grew meanwhile, is closed by the same command and undone as one."""
    close_all(database, incident_id, LATER)
    more = arrive(f"{POWER} more")
    group_emails(database, more, NOW)
    before = handled(database, more)

    closed = close_all(database, incident_id, LATER + timedelta(minutes=1))

    assert (before, closed) == (set(), 1)
    assert reopen_all(database, incident_id) == 7
    assert handled(database, [*outage, *more]) == set()


def test_labelling_all_is_undone_and_what_was_said_of_one_stays(database, outage, incident_id):
    """The undo withdraws what was said of all and nothing else."""
    with database.unit_of_work() as session:
        label(session, [outage[0]], Statement(topic="billing"), source="human", author="anna", now=NOW, policy=POLICY)

    said = label_all(database, incident_id, Statement(topic="order"), author="anna", now=LATER, policy=POLICY)
    during = topics(database, outage)
    withdrawn = withdraw_all(database, incident_id, author="ben", now=LATER, policy=POLICY)

    assert (said, set(during.values())) == (6, {"order"})
    assert (withdrawn, topics(database, outage)) == (6, {outage[0]: "billing"})


def test_an_incident_that_is_not_there_is_said_so(database):
    """A wrong number is an error that names it."""
    with pytest.raises(IncidentNotFound, match="no incident 7"):
        close_all(database, 7, NOW)
