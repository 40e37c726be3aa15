"""The trail of who or what changed what."""

from datetime import datetime
from typing import Any

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, RowId


class AuditEntry(Base):
    """One change, written with it; the database refuses to alter or remove a row.

    It names things as they were then and refers to no other row, so that it outlives them. No text of mail is in it.
    """

    __tablename__ = "audit"
    __table_args__ = (Index("ix_audit_subject", "subject", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str] = mapped_column(String(250))  # as in triage/actor.py
    action: Mapped[str] = mapped_column(String(40))
    mailbox: Mapped[str | None] = mapped_column(String(200))
    subject: Mapped[str] = mapped_column(String(250))  # what was changed, as in `email 41`; empty where it is many
    model_version: Mapped[str | None] = mapped_column(String(100))
    policy_version: Mapped[str | None] = mapped_column(String(20))
    details: Mapped[dict[str, Any]]
