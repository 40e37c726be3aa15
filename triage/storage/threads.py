"""The mail of one thread."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.storage.tables import Email


@dataclass(frozen=True, slots=True)
class ThreadEmail:
    """An email as its thread lists it."""

    id: int
    sender_name: str
    sender_address: str
    subject: str
    snippet: str
    received_at: datetime
    state: str
    band: str
    handled_at: datetime | None


def emails_of_thread(session: Session, email_id: int, *, limit: int = 100) -> Sequence[ThreadEmail]:
    """Return the emails of the thread that an email belongs to, earliest first, itself among them."""
    asked = select(Email.mailbox_id, Email.thread_id).where(Email.id == email_id).subquery()
    columns = [getattr(Email, name) for name in ThreadEmail.__dataclass_fields__]
    query = (
        select(*columns)
        .join(asked, (Email.mailbox_id == asked.c.mailbox_id) & (Email.thread_id == asked.c.thread_id))
        .order_by(Email.received_at, Email.id)
        .limit(limit)
    )
    return [ThreadEmail(*row) for row in session.execute(query)]
