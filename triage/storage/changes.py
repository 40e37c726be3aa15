"""Whether anything changed that an inbox shows."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.storage.emails import IS_QUEUED
from triage.storage.tables import Email, Label

# The first pages; whoever reads further down is told of new mail and labels, and sees the rest with the next page.
_WATCHED = 200


def fingerprint(session: Session) -> int:
    """Return a number that differs once mail came, was read, labelled, grouped, moved, put off or done.

    Looks at the ends of two keys, the waiting mail and the first rows of the inbox: some milliseconds, however much is
    stored. Numbers are comparable within one process alone.
    """
    newest: Any = session.execute(
        select(
            select(func.max(Email.id)).scalar_subquery(),
            select(func.max(Label.id)).scalar_subquery(),
            select(func.count()).select_from(Email).where(IS_QUEUED).scalar_subquery(),
        )
    ).one()
    shown = (Email.rank_at, Email.state, Email.band, Email.topic, Email.model_version, Email.incident_id)
    top = (
        select(Email.id, *shown, Email.snoozed_until)
        .where(Email.handled_at.is_(None))
        .order_by(Email.rank_at, Email.id)
        .limit(_WATCHED)
    )
    return hash((tuple(newest), tuple(tuple(row) for row in session.execute(top))))
