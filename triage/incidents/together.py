"""What a person does with all mails of an incident at once, and how they take it back.

Each goes in short transactions. What is done is written down with the incident first, so whoever was stopped in between
does it again for the rest, and taking it back finds what was done by both.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from triage.audit import note, note_each
from triage.errors import InvalidLabel
from triage.feedback import label
from triage.feedback.bulk import BATCH
from triage.feedback.placing import move_as_said
from triage.feedback.telling import tell_withdrawn
from triage.labels import Source, author_name
from triage.ranking import Policies, Statement
from triage.storage import emails, incidents, labels, topics
from triage.storage.session import Database


def close_all(database: Database, incident_id: int, now: datetime) -> int:
    """Take all unhandled mails of an incident off the inbox; return how many. Later mails join it unhandled.

    Raises:
        IncidentNotFound: There is no such incident.
    """
    with database.unit_of_work() as session:
        incident = incidents.incident_by_id(session, incident_id, for_update=True)
        incident_id = incident.id
        if incident.closed_at is None:
            incident.closed_at = now
            note(session, "incident.closed", f"incident {incident_id}", mailbox_id=incident.mailbox_id)
        incident.snoozed_until = None  # what joins later is listed
    count = 0
    for batch in _batches(
        database, partial(incidents.member_ids, incident_id=incident_id, unhandled=True, limit=BATCH)
    ):
        with database.unit_of_work() as session:
            locked = emails.lock(session, batch)
            emails.set_all_handled(session, locked, now)
            note_each(session, "email.done", emails.mailboxes_of(session, locked))
            count += len(locked)
    return count


def reopen_all(database: Database, incident_id: int) -> int:
    """Put the mails of an incident back into the inbox that were handled since it was closed; return how many.

    What somebody had done with single mails before stays done. Nothing happens when it was not closed.

    Raises:
        IncidentNotFound: There is no such incident.
    """
    with database.reading() as session:
        incident = incidents.incident_by_id(session, incident_id)
        incident_id, mailbox_id, closed_at = incident.id, incident.mailbox_id, incident.closed_at
    if closed_at is None:
        return 0
    count = 0
    for batch in _batches(
        database, partial(incidents.handled_since, incident_id=incident_id, moment=closed_at, limit=BATCH)
    ):
        with database.unit_of_work() as session:
            locked = emails.lock(session, batch)
            emails.set_all_handled(session, locked, None)
            note_each(session, "email.reopened", emails.mailboxes_of(session, locked))
            count += len(locked)
    with database.unit_of_work() as session:
        incidents.change_incident(session, incident_id, closed_at=None)
        note(session, "incident.reopened", f"incident {incident_id}", mailbox_id=mailbox_id)
    return count


def label_all(
    database: Database, incident_id: int, statement: Statement, *, author: str, now: datetime, policy: Policies
) -> int:
    """Say the same of all mails of an incident; return of how many it was not said before.

    Raises:
        IncidentNotFound: There is no such incident.
        InvalidLabel: The statement says nothing, or its author has no name that can be kept.
        UnknownTopic: The mailbox has no such topic; nothing was labelled.
    """
    author = author_name(author)
    if not statement.heads:
        raise InvalidLabel("the label says nothing; give a topic, a sentiment, an urgency, or whether to act")
    with database.unit_of_work() as session:
        incident = incidents.incident_by_id(session, incident_id, for_update=True)
        incident_id = incident.id
        if statement.topic is not None:
            topics.topic_in(session, incident.mailbox_id, statement.topic)
        told = {"author": author, "said": statement.as_json()}
        before = incident.labelled or {}
        if {name: before.get(name) for name in told} == told:
            now = datetime.fromisoformat(before["at"])  # the rest of what was said then
        incident.labelled = {**told, "at": now.isoformat()}
    count = 0
    for batch in _members(database, incident_id):
        with database.unit_of_work() as session:
            done = label(session, batch, statement, source=Source.HUMAN, author=author, now=now, policy=policy)
        count += sum(one.is_new for one in done)
    return count


def withdraw_all(database: Database, incident_id: int, *, author: str, now: datetime, policy: Policies) -> int:
    """Take back what was last said of all mails of an incident, in the name of `author`; return of how many it was.

    Raises:
        IncidentNotFound: There is no such incident.
    """
    author = author_name(author)
    with database.reading() as session:
        incident = incidents.incident_by_id(session, incident_id)
        incident_id, said = incident.id, incident.labelled
    if said is None:
        return 0
    count = 0
    for batch in _members(database, incident_id):
        with database.unit_of_work() as session:
            count += _withdraw(session, batch, said, author, now, policy)
    with database.unit_of_work() as session:
        incidents.change_incident(session, incident_id, labelled=None)
    return count


def _withdraw(
    session: Session, batch: Sequence[int], said: dict[str, Any], author: str, now: datetime, policy: Policies
) -> int:
    locked = emails.lock(session, batch)
    given = labels.said_then(session, locked, said["author"], datetime.fromisoformat(said["at"]))
    stood = set(labels.mark_all_withdrawn(session, list(given.values()), by=author, now=now))
    move_as_said(session, sorted(given), policy)
    tell_withdrawn(session, {label: email_id for email_id, label in given.items() if label in stood}, by=author)
    return len(given)


def _batches(database: Database, find: Callable[[Session], list[int]]) -> Iterator[list[int]]:
    """Yield emails to be changed until none is left; each batch is changed before the next is looked for."""
    while batch := _some(database, find):
        yield batch


def _members(database: Database, incident_id: int) -> Iterator[list[int]]:
    last = 0
    while batch := _some(database, partial(incidents.member_ids, incident_id=incident_id, after=last, limit=BATCH)):
        yield batch
        last = batch[-1]


def _some(database: Database, find: Callable[[Session], list[int]]) -> list[int]:
    with database.reading() as session:
        return find(session)
