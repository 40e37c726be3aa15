"""What people say of emails, and in which words."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import Base, RowId

SAYS_TOPIC = "topic IS NOT NULL AND withdrawn_at IS NULL"


class Topic(Base):
    """A topic that a mailbox gave itself; one without any row has those of `triage.labels.Topic`.

    `key` is the name as topics are compared. One that was retired is kept for the mail that was labelled with it.
    """

    __tablename__ = "topic"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(300), primary_key=True)  # a letter may fold into three
    name: Mapped[str] = mapped_column(String(100))
    created_at: Mapped[datetime]
    retired_at: Mapped[datetime | None]


class Label(Base):
    """What somebody said of an email, head by head; an empty head was not spoken of.

    A label is never changed but by being withdrawn, and never deleted but with its email.
    """

    __tablename__ = "label"
    __table_args__ = (
        Index("ix_label_email_id", "email_id"),
        Index("ix_label_mailbox", "mailbox_id", "said_at", "id"),
        # All that looking for new labels asks for, so that the table is not touched.
        Index("ix_label_changes", "mailbox_id", "id", "withdrawn_at", "source"),
        # All that counting emails by topic looks at, so that the table is not touched.
        Index(
            "ix_label_topic",
            "mailbox_id",
            "email_id",
            "said_at",
            "id",
            "source",
            "topic",
            "withdrawn_at",
            sqlite_where=text(SAYS_TOPIC),
            postgresql_where=text(SAYS_TOPIC),
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    email_id: Mapped[int] = mapped_column(ForeignKey("email.id", ondelete="CASCADE"))
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))  # that of the email
    topic: Mapped[str | None] = mapped_column(String(100))
    sentiment: Mapped[str | None] = mapped_column(String(10))
    urgency: Mapped[str | None] = mapped_column(String(10))
    action_required: Mapped[bool | None]
    source: Mapped[str] = mapped_column(String(10))  # human, rule, import or client
    author: Mapped[str] = mapped_column(String(200))
    said_at: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]
    withdrawn_by: Mapped[str | None] = mapped_column(String(200))
