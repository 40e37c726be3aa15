"""What a person does with an email: done, open again, put off until a time, deleted."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from triage.audit import note, note_each
from triage.errors import InvalidSnooze
from triage.storage import emails, snoozes
from triage.storage.session import Database
from triage.storage.tombstones import delete_email

LONGEST_SNOOZE = timedelta(days=1830)
# Emails that wake in one transaction.
BATCH = 500


def mark_done(session: Session, email_id: int, now: datetime, *, with_many: bool = False) -> None:
    """Take an email off the inbox, `with_many` together; one that is done already keeps its time.

    Raises:
        EmailNotFound: It is not stored.
    """
    if emails.email_by_id(session, email_id).handled_at is None:
        emails.set_handled(session, email_id, now, with_many=with_many)
        _note(session, "email.done", email_id)


def reopen(session: Session, email_id: int) -> None:
    """Put an email back into the inbox, at the place it has by its priority and age.

    Raises:
        EmailNotFound: It is not stored.
    """
    emails.email_by_id(session, email_id)
    emails.set_handled(session, email_id, None)
    _note(session, "email.reopened", email_id)


def snooze(session: Session, email_id: int, until: datetime, now: datetime) -> None:
    """Put an email off: it is on no list of open mail until a moment, or until somebody writes in its thread.

    One that is done is open again then. Said again, the later word counts.

    Raises:
        EmailNotFound: It is not stored.
        InvalidSnooze: The moment has passed, or is years away.
    """
    require_moment(until, now)
    emails.email_by_id(session, email_id)
    snoozes.set_snoozed(session, emails.lock(session, [email_id]), until)
    _note(session, "email.snoozed", email_id, until=until.isoformat())


def require_moment(until: datetime, now: datetime) -> None:
    """See that mail can be put off until a moment.

    Raises:
        InvalidSnooze: The moment has passed, or is years away.
    """
    if not now < until <= now + LONGEST_SNOOZE:
        raise InvalidSnooze(until)


def wake(database: Database, now: datetime) -> int:
    """Put emails whose moment has come back into the inbox, a few in each transaction; return how many woke.

    Safe to repeat, and by several at a time: who is stopped leaves the rest to the next call.
    """
    woken = 0
    while True:
        with database.unit_of_work() as session:
            due = snoozes.due_to_wake(session, now, limit=BATCH)
            snoozes.wake(session, emails.lock(session, due))
            note_each(session, "email.woken", emails.mailboxes_of(session, due))
        woken += len(due)
        if len(due) < BATCH:
            return woken


def delete(session: Session, email_id: int, now: datetime) -> None:
    """Remove an email for good; the same bytes are never taken in again, whatever door they come to.

    Raises:
        EmailNotFound: It is not stored.
    """
    _note(session, "email.deleted", email_id)
    delete_email(session, email_id, now)


def delete_all(session: Session, email_ids: Iterable[int], now: datetime) -> None:
    """Remove some emails for good, all or none: a number mistyped must not go unnoticed among those that are gone.

    Raises:
        EmailNotFound: One is not stored.
    """
    # In the order in which everybody locks emails, so that nobody waits for us while we wait for them.
    for email_id in sorted(set(email_ids)):
        delete(session, email_id, now)


def _note(session: Session, action: str, email_id: int, **details: str) -> None:
    mailbox_id = emails.email_by_id(session, email_id).mailbox_id
    note(session, action, f"email {email_id}", mailbox_id=mailbox_id, **details)
