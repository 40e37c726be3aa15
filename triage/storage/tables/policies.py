"""Policies that mailboxes were given."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, RowId


class PolicyChange(Base):
    """That a mailbox is ranked by a policy from now on; the newest row of a mailbox is its pointer.

    `text` is the policy as a person wrote it, in TOML; it is empty where the mailbox follows the policy file again, and
    `version` is then what that file said at the time. `before_id` is the change to go back to, which going back does by
    adding a row with that one's text and its `before_id`.
    """

    __tablename__ = "policy_change"
    __table_args__ = (Index("ix_policy_change_mailbox", "mailbox_id", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    version: Mapped[str] = mapped_column(String(20))
    text: Mapped[str | None] = mapped_column(Text)
    changed_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("policy_change.id"))
