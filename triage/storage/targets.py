"""Mail that should have been answered by now."""

from collections import Counter
from datetime import datetime

from sqlalchemy import func, select, text, update
from sqlalchemy.orm import Session

from triage.storage.emails import lock
from triage.storage.tables import Email
from triage.storage.tables.mail import BREACHED, IN_TIME


def breached_now(session: Session, now: datetime, *, limit: int) -> list[tuple[int, int, str]]:
    """Lock emails that nobody answered in time, of which that is not noted yet; return them with mailbox and band."""
    is_open = (Email.due_at <= now, Email.breached_at.is_(None), Email.handled_at.is_(None))
    found = list(session.scalars(select(Email.id).where(*is_open).order_by(Email.due_at).limit(limit)))
    columns = (Email.id, Email.mailbox_id, Email.band)
    query = select(*columns).where(Email.id.in_(lock(session, found)), *is_open).order_by(Email.id)
    return [(email_id, mailbox_id, band) for email_id, mailbox_id, band in session.execute(query)]


def count_overdue(session: Session, now: datetime) -> dict[int, int]:
    """Return how many emails of each mailbox should have been answered by now, as the inbox lists them.

    Walks over short indexes: of what was noted as not answered in time, and of what falls due before anybody noted it.
    """
    is_late = (Email.due_at < now, Email.snoozed_until.is_(None))
    counts: Counter[int] = Counter()
    for of_these in (BREACHED, IN_TIME):
        query = select(Email.mailbox_id, func.count()).where(text(of_these), *is_late).group_by(Email.mailbox_id)
        counts.update(dict(session.execute(query).all()))
    return dict(counts)


def note_breached(session: Session, email_ids: list[int]) -> None:
    """Note of locked emails that they were not answered in time: once for ever, whatever becomes of them."""
    session.execute(
        update(Email)
        .where(Email.id.in_(email_ids))
        .values(breached_at=Email.due_at)
        .execution_options(synchronize_session=False)
    )
