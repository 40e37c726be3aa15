"""Emails that are put off: which wake, on time and by an answer in their thread."""

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage.storage.senders import note_treated
from triage.storage.tables import Email


def due_to_wake(session: Session, now: datetime, *, limit: int) -> list[int]:
    """Return emails that are put off until a moment that has come, those first that waited longest."""
    query = select(Email.id).where(Email.snoozed_until <= now).order_by(Email.snoozed_until).limit(limit)
    return list(session.scalars(query))


def asleep_in(session: Session, mailbox_id: int, thread_ids: Collection[str]) -> list[int]:
    """Return the emails of threads that are put off."""
    if not thread_ids:
        return []
    of_threads = (Email.mailbox_id == mailbox_id, Email.thread_id.in_(sorted(thread_ids)))
    return list(session.scalars(select(Email.id).where(Email.snoozed_until.is_not(None), *of_threads)))


def set_snoozed(session: Session, email_ids: Collection[int], until: datetime | None) -> None:
    """Put emails that are locked off until a moment, or wake them with `None`; those that are done are open again."""
    session.execute(
        update(Email)
        .where(Email.id.in_(email_ids))
        .values(snoozed_until=until, handled_at=None)
        .execution_options(synchronize_session=False)
    )
    note_treated(session, email_ids, with_many=False)


def wake(session: Session, email_ids: Collection[int]) -> None:
    """Wake emails that are locked; where somebody was done with one meanwhile nothing changes."""
    session.execute(
        update(Email)
        .where(Email.id.in_(email_ids), Email.handled_at.is_(None))
        .values(snoozed_until=None)
        .execution_options(synchronize_session=False)
    )
