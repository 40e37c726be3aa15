"""All mails of an incident put off at once, what joins meanwhile, and the way back."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from tests.make import NOW, accept, make_intake, raw_message
from tests.triage.incidents.conftest import POWER
from triage.errors import IncidentNotFound, InvalidSnooze
from triage.handle import mark_done, snooze, wake
from triage.incidents.grouping import group_emails
from triage.incidents.putting_off import after_joining, snooze_all, wake_all
from triage.incidents.together import close_all
from triage.labels import Urgency
from triage.storage import incidents
from triage.storage.inbox import InboxFilter, inbox_page
from triage.storage.tables import AuditEntry, Email

HOUR = timedelta(hours=1)
UNTIL = NOW + 4 * HOUR


@pytest.fixture
def incident_id(database, outage):
    """The number of the incident that the six mails are."""
    with database.reading() as session:
        return session.get(Email, outage[0]).incident_id


def listed(database, ids, state=None):
    with database.reading() as session:
        return {row.email.id for row in inbox_page(session, InboxFilter(state=state))} & set(ids)


def join(database, arrive, urgency=Urgency.NORMAL):
    more = arrive(f"{POWER} more", urgency=urgency)
    group_emails(database, more, NOW)
    return more


def test_all_are_put_off_and_come_back_at_their_moment(database, outage, incident_id):
    """None is on the list until then, and all are after, whoever was stopped meanwhile."""
    count = snooze_all(database, incident_id, UNTIL, NOW)

    assert (count, listed(database, outage), listed(database, outage, "snoozed")) == (6, set(), set(outage))
    assert (wake(database, UNTIL), listed(database, outage)) == (6, set(outage))


def test_undo_brings_back_what_it_put_off_and_nothing_else(database, outage, incident_id):
    """What was put off by itself keeps its moment, and what was done stays done; a later word counts."""
    alone, done, *others = outage
    with database.unit_of_work() as session:
        snooze(session, alone, NOW + 2 * HOUR, NOW)
        mark_done(session, done, NOW)

    first = snooze_all(database, incident_id, UNTIL, NOW)
    again = snooze_all(database, incident_id, UNTIL + HOUR, NOW)
    during = wake(database, UNTIL)  # the one that was put off by itself
    undone = wake_all(database, incident_id)

    assert (first, again, during, undone) == (4, 4, 1, 4)
    assert listed(database, outage) == {alone, *others}
    assert wake_all(database, incident_id) == 0
    with database.reading() as session:
        told = session.scalars(select(AuditEntry.action).where(AuditEntry.action.startswith("incident.")))
        assert list(told)[-3:] == ["incident.snoozed", "incident.snoozed", "incident.woken"]


def test_new_mail_of_the_matter_sleeps_with_it(database, arrive, outage, incident_id):
    """People know of the matter; whoever writes about it again wakes nobody, not even in a thread of its own."""
    snooze_all(database, incident_id, UNTIL, NOW)

    more = join(database, arrive)

    assert listed(database, [*outage, *more]) == set()
    assert (wake(database, UNTIL), listed(database, more)) == (7, set(more))


def test_the_first_critical_mail_brings_all_back(database, arrive, outage, incident_id):
    """A matter that gets worse than it was when it was put off is seen at once."""
    snooze_all(database, incident_id, UNTIL, NOW)

    more = join(database, arrive, Urgency.CRITICAL)

    assert listed(database, [*outage, *more]) == {*outage, *more}


def test_more_critical_mail_of_a_matter_that_was_critical_wakes_nobody(database, arrive, outage, incident_id):
    """Who put off hundreds of mails about an outage knew that it is one."""
    join(database, arrive, Urgency.CRITICAL)
    snooze_all(database, incident_id, UNTIL, NOW)

    more = join(database, arrive, Urgency.CRITICAL)

    assert listed(database, [*outage, *more]) == set()


def test_a_matter_that_was_closed_sleeps_no_more(database, arrive, outage, incident_id):
    """Mail that joins after the closing is listed, though the matter was put off before."""
    snooze_all(database, incident_id, UNTIL, NOW)
    close_all(database, incident_id, NOW)

    more = join(database, arrive)

    assert listed(database, more) == set(more)


def test_of_two_matters_that_become_one_both_must_sleep(database, outage, incident_id):
    """With one that is awake new mail is listed; two that sleep do so until the earlier moment."""
    with database.unit_of_work() as session:
        row = {"mailbox_id": 1, "model_version": "fake-1", "opened_at": NOW, "first_at": NOW, "last_at": NOW}
        more = {"size": 2, "pressing": 0, "central_email_id": outage[0], "words": [], "centroid": b""}
        other = incidents.open_incident(session, {**row, **more, "snoozed_until": UNTIL - HOUR})
        for email_id in outage[:2]:
            session.get(Email, email_id).incident_id = other
            session.get(Email, email_id).snoozed_until = UNTIL - HOUR
    snooze_all(database, incident_id, UNTIL, NOW)

    with database.unit_of_work() as session:
        incidents.merge(session, [other], incident_id)
        after_joining(session, incident_id, [], [other], NOW)

    assert wake(database, UNTIL - HOUR) == 6


def test_an_answer_wakes_no_matter_that_is_put_off(database, redis, arrive, outage, incident_id):
    """The answer itself is listed as long as it is of no matter; what was put off with all sleeps on."""
    with database.unit_of_work() as session:
        session.get(Email, outage[0]).message_id = "<1@example.org>"
    snooze_all(database, incident_id, UNTIL, NOW)

    headers = "In-Reply-To: <1@example.org>\r\n"
    (answer,) = accept(make_intake(database, redis), raw_message("Re: power", "any news", headers=headers))

    assert listed(database, [*outage, answer.email_id]) == {answer.email_id}


def test_what_cannot_be_is_refused(database, outage, incident_id):
    """A moment that has passed, and an incident that is not there."""
    with pytest.raises(InvalidSnooze):
        snooze_all(database, incident_id, NOW, NOW)
    with pytest.raises(IncidentNotFound):
        snooze_all(database, 999, UNTIL, NOW)
