"""Mail that should have been answered by now."""

from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage.storage.emails import lock
from triage.storage.tables import Email


def breached_now(session: Session, now: datetime, *, limit: int) -> list[tuple[int, str]]:
    """Lock emails that nobody answered in time, of which that is not noted yet; return them with their bands."""
    is_open = (Email.due_at <= now, Email.breached_at.is_(None), Email.handled_at.is_(None))
    found = list(session.scalars(select(Email.id).where(*is_open).order_by(Email.due_at).limit(limit)))
    query = select(Email.id, Email.band).where(Email.id.in_(lock(session, found)), *is_open).order_by(Email.id)
    return [(email_id, band) for email_id, band in session.execute(query)]


def note_breached(session: Session, email_ids: list[int]) -> None:
    """Note of locked emails that they were not answered in time: once for ever, whatever becomes of them."""
    session.execute(
        update(Email)
        .where(Email.id.in_(email_ids))
        .values(breached_at=Email.due_at)
        .execution_options(synchronize_session=False)
    )
