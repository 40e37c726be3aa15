"""The trail of who or what changed what: written with the change, and only ever added to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import AuditEntry


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries are wanted; what is `None` lets all pass.

    Attributes:
        after: Only entries with a higher number.
        before: Only entries with a lower number.
    """

    actor: str | None = None
    action: str | None = None
    mailbox: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after: int | None = None
    before: int | None = None


def add_entries(session: Session, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add entries to the trail."""
    insert_rows(session, AuditEntry, rows)


def entries(session: Session, wanted: AuditFilter, *, limit: int, oldest_first: bool = False) -> Sequence[AuditEntry]:
    """Return entries that a filter lets pass, newest first unless said otherwise."""
    query = select(AuditEntry)
    for name in ("actor", "action", "mailbox", "subject"):
        if (value := getattr(wanted, name)) is not None:
            query = query.where(getattr(AuditEntry, name) == value)
    if wanted.since is not None:
        query = query.where(AuditEntry.at >= wanted.since)
    if wanted.until is not None:
        query = query.where(AuditEntry.at < wanted.until)
    if wanted.after is not None:
        query = query.where(AuditEntry.id > wanted.after)
    if wanted.before is not None:
        query = query.where(AuditEntry.id < wanted.before)
    query = query.order_by(AuditEntry.id if oldest_first else AuditEntry.id.desc())
    return session.scalars(query.limit(limit)).all()
