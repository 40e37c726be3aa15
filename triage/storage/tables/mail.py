"""Emails, what they carry, and what the model made of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, JsonOrNull, RowId

UNHANDLED = "handled_at IS NULL"
NOT_FAILED = "state <> 'failed' AND handled_at IS NULL"
STANDS_READ = "state = 'read' AND handled_at IS NULL"
OF_INCIDENT = "incident_id IS NOT NULL"
SET_ASIDE = "state = 'failed' AND handled_at IS NULL"
SNOOZED = "snoozed_until IS NOT NULL"
BREACHED = "breached_at IS NOT NULL AND handled_at IS NULL"
IN_TIME = "due_at IS NOT NULL AND breached_at IS NULL AND handled_at IS NULL"


class Mailbox(Base):
    """A shared inbox."""

    __tablename__ = "mailbox"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime]


class Email(Base):
    """An email we accepted: where it stands and what a list shows; its bytes are in `message`.

    `state` is `queued` until it has a verdict, then `read`; `failed` once it is set aside with `error`. The same cause
    is told in the same words: what differs from email to email (`attempts`, `failed_at`) has a column of its own.
    `model_version` names the verdict that `priority`, `band`, `topic` and `rank_at` come from; before there is one
    they are the policy's default. Where somebody has said something of the email, or its images count, they come from
    that as well, and `reasons` are theirs; else `reasons` is empty and those of the verdict hold. `findings` says what
    its images were found to be, as far as lists and ranking go; each of them has a row of its own too.
    `policy_version` names the policy that all of this was computed by; it is empty where a release did that which knew
    one policy. While `snoozed_until` is set the email is on no list of open mail. `due_at` is when it should be
    answered, `breached_at` that moment once it has passed and been noted.
    """

    __tablename__ = "email"
    __table_args__ = (
        UniqueConstraint("mailbox_id", "digest"),
        Index(
            "ix_email_inbox",
            "mailbox_id",
            "rank_at",
            "id",
            sqlite_where=text(UNHANDLED),
            postgresql_where=text(UNHANDLED),
        ),
        Index(
            "ix_email_rank",
            "rank_at",
            "id",
            sqlite_where=text(UNHANDLED),
            postgresql_where=text(UNHANDLED),
        ),
        Index(
            "ix_email_waiting",
            "enqueued_at",
            sqlite_where=text("state = 'queued'"),
            postgresql_where=text("state = 'queued'"),
        ),
        # What counting emails by state looks at instead of the table; failed ones are counted by their own.
        Index("ix_email_state", "state", sqlite_where=text(NOT_FAILED), postgresql_where=text(NOT_FAILED)),
        Index("ix_email_failed", "id", sqlite_where=text(SET_ASIDE), postgresql_where=text(SET_ASIDE)),
        # All that grouping and filtering of what was set aside asks for, so that the table is not touched.
        Index(
            "ix_email_failed_cause",
            "error_stage",
            "error",
            "id",
            "failed_at",
            "mailbox_id",
            sqlite_where=text(SET_ASIDE),
            postgresql_where=text(SET_ASIDE),
        ),
        # All that looking for mail that stands by another version than the active one asks for.
        Index(
            "ix_email_model_version",
            "mailbox_id",
            "model_version",
            "id",
            sqlite_where=text(STANDS_READ),
            postgresql_where=text(STANDS_READ),
        ),
        # Mail that another policy placed than the one in force; handled mail keeps its place until it is opened again.
        Index(
            "ix_email_policy_version",
            "mailbox_id",
            "policy_version",
            "id",
            sqlite_where=text(UNHANDLED),
            postgresql_where=text(UNHANDLED),
        ),
        # Of few rows each: what is set aside until a time, and what is to be answered until one.
        Index("ix_email_snoozed", "snoozed_until", sqlite_where=text(SNOOZED), postgresql_where=text(SNOOZED)),
        Index("ix_email_due", "due_at", sqlite_where=text(IN_TIME), postgresql_where=text(IN_TIME)),
        # All that counting overdue mail asks for.
        Index(
            "ix_email_breached",
            "mailbox_id",
            "due_at",
            "snoozed_until",
            sqlite_where=text(BREACHED),
            postgresql_where=text(BREACHED),
        ),
        Index("ix_email_message_id", "mailbox_id", "message_id"),
        Index("ix_email_thread", "mailbox_id", "thread_id"),
        Index(
            "ix_email_incident",
            "incident_id",
            "rank_at",
            "id",
            sqlite_where=text(OF_INCIDENT),
            postgresql_where=text(OF_INCIDENT),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 of the raw bytes
    size_bytes: Mapped[int] = mapped_column(Integer)

    state: Mapped[str] = mapped_column(String(10))
    received_at: Mapped[datetime]
    stored_at: Mapped[datetime]
    enqueued_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    error_stage: Mapped[str | None] = mapped_column(String(20))
    failed_at: Mapped[datetime | None]  # when it was set aside

    message_id: Mapped[str] = mapped_column(Text)
    thread_id: Mapped[str] = mapped_column(String(32))
    sender_name: Mapped[str] = mapped_column(Text)
    sender_address: Mapped[str] = mapped_column(Text)
    recipients: Mapped[list[Any]]  # [{"name": …, "address": …}]
    subject: Mapped[str] = mapped_column(Text)
    snippet: Mapped[str] = mapped_column(Text)
    is_automatic: Mapped[bool]
    attachment_count: Mapped[int] = mapped_column(SmallInteger)

    priority: Mapped[float]
    band: Mapped[str] = mapped_column(String(10))
    rank_at: Mapped[datetime]
    topic: Mapped[str | None] = mapped_column(String(100))
    model_version: Mapped[str | None] = mapped_column(String(100))
    policy_version: Mapped[str | None] = mapped_column(String(20))
    due_at: Mapped[datetime | None]
    breached_at: Mapped[datetime | None]
    reasons: Mapped[list[Any] | None] = mapped_column(JsonOrNull)
    # [{"position": n, "kind": class, "confidence": p, "is_decoration": …} or {"position": n, "error": …}], by position
    findings: Mapped[list[Any] | None] = mapped_column(JsonOrNull)
    incident_id: Mapped[int | None] = mapped_column(BigInteger)  # incidents are never removed


class Message(Base):
    """The bytes of an email as they came, and the text parsed from them once."""

    __tablename__ = "message"

    email_id: Mapped[int] = mapped_column(
        ForeignKey("email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    media_type: Mapped[str] = mapped_column(String(50))  # message/rfc822 or application/json
    # Before `raw`, so that SQLite reads the text of a large mail without walking over its bytes.
    text: Mapped[str] = mapped_column(Text)
    quoted_text: Mapped[str] = mapped_column(Text)
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class Attachment(Base):
    """What an email carries; the content is taken from the message when somebody asks for it."""

    __tablename__ = "attachment"

    email_id: Mapped[int] = mapped_column(
        ForeignKey("email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    position: Mapped[int] = mapped_column(SmallInteger, primary_key=True, autoincrement=False)
    filename: Mapped[str] = mapped_column(Text)
    content_type: Mapped[str] = mapped_column(String(255))
    is_inline: Mapped[bool]
    size_bytes: Mapped[int] = mapped_column(Integer)


class Verdict(Base):
    """A reading of an email, stored with its priority; one per email and model version."""

    __tablename__ = "verdict"

    email_id: Mapped[int] = mapped_column(
        ForeignKey("email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model_version: Mapped[str] = mapped_column(String(100), primary_key=True)
    policy_version: Mapped[str] = mapped_column(String(20))
    created_at: Mapped[datetime]
    priority: Mapped[float]
    band: Mapped[str] = mapped_column(String(10))
    reasons: Mapped[list[Any]]  # [{"factor": …, "value": …, "effect": …, "text": …}], strongest first
    topic: Mapped[str] = mapped_column(String(100))
    topic_confidence: Mapped[float]
    sentiment: Mapped[str] = mapped_column(String(10))
    sentiment_confidence: Mapped[float]
    urgency: Mapped[str] = mapped_column(String(10))
    urgency_confidence: Mapped[float]
    action_required: Mapped[bool]
    action_confidence: Mapped[float]
    language: Mapped[str] = mapped_column(String(10))
    distributions: Mapped[dict[str, Any]]  # {"topic": {name: p}, "sentiment": …, "urgency": …, "action_required": p}
    # What the model saw of the mail, as memory learns from it; some hundred bytes that no page shows.
    representation: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    # What the model alone said, as `distributions`, where memory changed it, and which generation of memory did.
    unaided: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    generation: Mapped[int | None] = mapped_column(Integer)


class Tombstone(Base):
    """An email that a person deleted; the same bytes are never taken in again."""

    __tablename__ = "tombstone"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    email_id: Mapped[int] = mapped_column(BigInteger)  # the number it had
    deleted_at: Mapped[datetime]
