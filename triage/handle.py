"""What a person does with an email: done, open again, deleted."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy.orm import Session

from triage.storage import emails
from triage.storage.tombstones import delete_email


def mark_done(session: Session, email_id: int, now: datetime) -> None:
    """Take an email off the inbox; one that is done already keeps its time.

    Raises:
        EmailNotFound: It is not stored.
    """
    if emails.email_by_id(session, email_id).handled_at is None:
        emails.set_handled(session, email_id, now)


def reopen(session: Session, email_id: int) -> None:
    """Put an email back into the inbox, at the place it has by its priority and age.

    Raises:
        EmailNotFound: It is not stored.
    """
    emails.email_by_id(session, email_id)
    emails.set_handled(session, email_id, None)


def delete(session: Session, email_id: int, now: datetime) -> None:
    """Remove an email for good; the same bytes are never taken in again, whatever door they come to.

    Raises:
        EmailNotFound: It is not stored.
    """
    delete_email(session, email_id, now)


def delete_all(session: Session, email_ids: Iterable[int], now: datetime) -> None:
    """Remove some emails for good, all or none: a number mistyped must not go unnoticed among those that are gone.

    Raises:
        EmailNotFound: One is not stored.
    """
    # In the order in which everybody locks emails, so that nobody waits for us while we wait for them.
    for email_id in sorted(set(email_ids)):
        delete(session, email_id, now)
