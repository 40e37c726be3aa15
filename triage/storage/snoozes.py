"""Emails that are put off: which wake, on time and by an answer in their thread."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from triage.storage.dialect import among
from triage.storage.senders import note_treated
from triage.storage.tables import Email, Incident
from triage.storage.tables.mail import SNOOZED


def due_to_wake(session: Session, now: datetime, *, limit: int) -> list[int]:
    """Return emails that are put off until a moment that has come, those first that waited longest."""
    query = select(Email.id).where(Email.snoozed_until <= now).order_by(Email.snoozed_until).limit(limit)
    return list(session.scalars(query))


def count_snoozed(session: Session) -> int:
    """Return how many emails are put off; walks over the short index of those and not over the table."""
    return session.scalar(select(func.count()).select_from(Email).where(text(SNOOZED))) or 0


def asleep_in(session: Session, mailbox_id: int, thread_ids: Collection[str]) -> list[int]:
    """Return the emails of threads that are put off, but for those that are together with all of their incident."""
    if not thread_ids:
        return []
    of_threads = (Email.mailbox_id == mailbox_id, Email.thread_id.in_(sorted(thread_ids)))
    with_all = (Incident.id == Email.incident_id) & (Incident.snoozed_until == Email.snoozed_until)
    asleep = select(Email.id).outerjoin(Incident, with_all).where(Email.snoozed_until.is_not(None), *of_threads)
    return list(session.scalars(asleep.where(Incident.id.is_(None))))


def set_snoozed(session: Session, email_ids: Collection[int], until: datetime | None) -> None:
    """Put emails that are locked off until a moment, or wake them with `None`; those that are done are open again."""
    session.execute(
        update(Email)
        .where(Email.id.in_(email_ids))
        .values(snoozed_until=until, handled_at=None)
        .execution_options(synchronize_session=False)
    )
    note_treated(session, email_ids, with_many=False)


def put_to_sleep(session: Session, email_ids: Sequence[int], until: datetime) -> int:
    """Put emails that are locked off until a moment; those that are done stay done. Return how many it put off."""
    open_ones = select(Email.id).where(among(session, Email.id, email_ids), Email.handled_at.is_(None))
    found = list(session.scalars(open_ones))
    query = update(Email).where(among(session, Email.id, found)).values(snoozed_until=until)
    session.execute(query.execution_options(synchronize_session=False))
    return len(found)


def wake(session: Session, email_ids: Collection[int]) -> None:
    """Wake emails that are locked; where somebody was done with one meanwhile nothing changes."""
    session.execute(
        update(Email)
        .where(Email.id.in_(email_ids), Email.handled_at.is_(None))
        .values(snoozed_until=None)
        .execution_options(synchronize_session=False)
    )
