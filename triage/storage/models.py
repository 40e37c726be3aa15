"""Versions of models, and which of them is active."""

from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import Activation, Model


def insert_model(session: Session, **values: Any) -> None:
    """Store a version; one that is there already stays as it is."""
    insert_rows(session, Model, [values], unless_there=["version"])


def archive_of(session: Session, version: str) -> bytes | None:
    """Return the archive of a version."""
    return session.scalar(select(Model.archive).where(Model.version == version))


def newest_activation(session: Session, mailbox_id: int) -> Activation | None:
    """Return the pointer of a mailbox."""
    query = select(Activation).where(Activation.mailbox_id == mailbox_id).order_by(Activation.id.desc())
    return session.scalars(query.limit(1)).first()


def insert_activation(
    session: Session,
    mailbox_id: int,
    version: str | None,
    author: str,
    reason: str,
    now: datetime,
    before_id: int | None,
) -> None:
    """Move the pointer of a mailbox."""
    told = {"activated_at": now, "author": author, "reason": reason, "before_id": before_id}
    session.add(Activation(mailbox_id=mailbox_id, version=version, **told))
    session.flush()
