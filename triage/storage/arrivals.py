"""How many emails each mailbox received in every five minutes; what came in within an hour of that counts."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import and_, bindparam, delete, func, or_, select, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import Arrival, Email

SLOT = timedelta(minutes=5)
SLOTS = 12
KEPT = timedelta(weeks=9)
# Of more emails than these in an hour the older ones were counted before.
LOOKS_BACK = 20_000


def count_arrivals(session: Session, now: datetime) -> None:
    """Count what was received in the last hour, and forget what is older than `KEPT`. Safe to repeat."""
    latest = datetime.fromtimestamp(now.timestamp() // SLOT.total_seconds() * SLOT.total_seconds(), UTC)
    slots = [latest - SLOT * back for back in range(SLOTS)]
    within = [and_(Email.received_at >= slot, Email.received_at < slot + SLOT) for slot in slots]
    newest = session.scalar(select(func.max(Email.id))) or 0
    columns = [func.count().filter(condition) for condition in within]
    query = select(Email.mailbox_id, *columns).where(Email.id > newest - LOOKS_BACK).group_by(Email.mailbox_id)
    rows = [
        {"slot_at": slot, "mailbox_id": mailbox_id, "emails": count}
        for mailbox_id, *counts in session.execute(query)
        for slot, count in zip(slots, counts, strict=True)
        if count
    ]
    insert_rows(session, Arrival, rows, unless_there=["slot_at", "mailbox_id"])
    _raise(session, rows)
    session.execute(delete(Arrival).where(Arrival.slot_at < now - KEPT))


def counted(session: Session, spans: Sequence[tuple[datetime, datetime]]) -> dict[int, int]:
    """Return how many emails each mailbox received in some spans, ends excluded; one that got none is left out."""
    within = or_(*(and_(Arrival.slot_at >= start, Arrival.slot_at < end) for start, end in spans))
    query = select(Arrival.mailbox_id, func.sum(Arrival.emails)).where(within).group_by(Arrival.mailbox_id)
    return {mailbox_id: int(emails) for mailbox_id, emails in session.execute(query)}


def counted_since(session: Session) -> dict[int, datetime]:
    """Return since when mail of each mailbox is counted."""
    return dict(
        session.execute(select(Arrival.mailbox_id, func.min(Arrival.slot_at)).group_by(Arrival.mailbox_id)).all()
    )


def _raise(session: Session, rows: Sequence[dict[str, object]]) -> None:
    if not rows:
        return
    table = Arrival.__table__
    same = (table.c.slot_at == bindparam("slot"), table.c.mailbox_id == bindparam("mailbox"))
    statement = (
        update(table)  # type: ignore[arg-type]  # a declarative class says FromClause where it holds a Table
        .where(*same, table.c.emails < bindparam("count"))
        .values(emails=bindparam("count"))
    )
    told = [{"slot": row["slot_at"], "mailbox": row["mailbox_id"], "count": row["emails"]} for row in rows]
    session.connection().execute(statement, told)
