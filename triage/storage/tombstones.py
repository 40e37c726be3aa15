"""Emails that a person deleted, remembered by digest alone so that they never come back."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.emails import email_by_id
from triage.storage.senders import forget
from triage.storage.tables import Email, Tombstone


def delete_email(session: Session, email_id: int, now: datetime) -> None:
    """Remove an email with its bytes, attachments and verdicts, and remember that it was there.

    Raises:
        EmailNotFound: It is not stored.
    """
    email = email_by_id(session, email_id)
    stone = {"mailbox_id": email.mailbox_id, "digest": email.digest, "email_id": email.id, "deleted_at": now}
    insert_rows(session, Tombstone, [stone], unless_there=["mailbox_id", "digest"])
    forget(session, [email_id])
    session.execute(delete(Email).where(Email.id == email_id))


def deleted(session: Session, mailbox_id: int, digests: Sequence[bytes]) -> dict[bytes, int]:
    """Return the numbers that emails had which were deleted from a mailbox, by digest."""
    query = select(Tombstone.digest, Tombstone.email_id).where(
        Tombstone.mailbox_id == mailbox_id, Tombstone.digest.in_(digests)
    )
    return dict(session.execute(query).all()) if digests else {}
