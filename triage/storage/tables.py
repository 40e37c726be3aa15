"""Every table, with its constraints and indexes; no behaviour."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    SmallInteger,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime. SQLite keeps no time zone, so there it is stored in UTC and comes back in UTC."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive datetimes: nobody could say later what they meant."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime cannot be stored; give it a time zone")
        in_utc = value.astimezone(UTC)
        return in_utc.replace(tzinfo=None) if dialect.name == "sqlite" else in_utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware datetime in UTC."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


# SQLite numbers rows by itself only where the type is exactly INTEGER.
RowId = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")
JsonOrNull = JSON(none_as_null=True).with_variant(JSONB(none_as_null=True), "postgresql")

# Left to itself, SQLite gives the number of a row that was deleted to the next one. Somebody may still be at work with
# it: a worker that reads an email, a poller of an account, would take the one for the other.
NEVER_AGAIN = {"sqlite_autoincrement": True}

UNHANDLED = "handled_at IS NULL"
SAYS_TOPIC = "topic IS NOT NULL AND withdrawn_at IS NULL"
NOT_FAILED = "state <> 'failed' AND handled_at IS NULL"
UNTOLD = "written_band IS NULL AND email_id IS NOT NULL"
SET_ASIDE = "state = 'failed' AND handled_at IS NULL"


class Base(DeclarativeBase):
    """The base of every table; names of constraints are fixed so that migrations can name them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {datetime: UtcDateTime(), dict[str, Any]: Json, list[Any]: Json}  # noqa: RUF012 (SQLAlchemy)


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
    they are the policy's default. Where somebody has said something of the email they come from that as well, and
    `reasons` are theirs; else `reasons` is empty and those of the verdict hold.
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
        Index("ix_email_message_id", "mailbox_id", "message_id"),
        Index("ix_email_thread", "mailbox_id", "thread_id"),
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
    reasons: Mapped[list[Any] | None] = mapped_column(JsonOrNull)


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


class Account(Base):
    """An IMAP login that feeds a mailbox: what a person set, and how polling it goes.

    `secret` is encrypted (`storage/secrets.py`). `owner` polls the account until `leased_until`. `problem` is one
    sentence, empty while all is well; `polled_at` is when all folders were last found read to their end.
    """

    __tablename__ = "account"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    created_at: Mapped[datetime]
    host: Mapped[str] = mapped_column(String(255))
    port: Mapped[int] = mapped_column(Integer)
    security: Mapped[str] = mapped_column(String(10))  # tls, starttls or none
    username: Mapped[str] = mapped_column(String(255))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    secret_generation: Mapped[int] = mapped_column(Integer, server_default="0")  # how often a person gave another
    oauth: Mapped[dict[str, Any] | None] = mapped_column(Json)  # {"provider": …, "client_id": …, …}; None: a password
    folders: Mapped[list[Any]]  # names; the first is the one that is idled on
    since: Mapped[datetime | None]  # of mail that was there before the account, only what came since
    interval_seconds: Mapped[int] = mapped_column(Integer)
    write_back: Mapped[dict[str, Any] | None] = mapped_column(Json)
    client_labels: Mapped[dict[str, Any] | None] = mapped_column(Json)

    owner: Mapped[str | None] = mapped_column(String(100))
    leased_until: Mapped[datetime | None]
    connected_at: Mapped[datetime | None]
    tried_at: Mapped[datetime | None]
    polled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text, default="")
    problem_since: Mapped[datetime | None]


class Folder(Base):
    """How far a folder of an account is read: every message up to `last_uid` is known, or from before `since`.

    UIDs count within one `uidvalidity` (RFC 9051 §2.3.1.1); when the server announces another, all of them are void.
    """

    __tablename__ = "folder"
    __table_args__ = (UniqueConstraint("account_id", "name"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str] = mapped_column(Text)
    uidvalidity: Mapped[int] = mapped_column(BigInteger)
    first_uid: Mapped[int] = mapped_column(BigInteger)  # from here all mail is wanted, before it what `since` asks for
    last_uid: Mapped[int] = mapped_column(BigInteger)
    verified_at: Mapped[datetime | None]  # when what is there was last compared with what is known


class Location(Base):
    """A message in a folder that we know, and the email it is.

    `email_id` is empty once that email was deleted. `written_band` is the band that the server was told of this
    message, or of its email before the message was known.
    """

    __tablename__ = "location"
    __table_args__ = (
        Index("ix_location_email_id", "email_id"),
        Index(
            "ix_location_unwritten",
            "folder_id",
            "uid",
            sqlite_where=text(UNTOLD),
            postgresql_where=text(UNTOLD),
        ),
    )

    folder_id: Mapped[int] = mapped_column(
        ForeignKey("folder.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    uid: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    email_id: Mapped[int | None] = mapped_column(ForeignKey("email.id", ondelete="SET NULL"))
    written_band: Mapped[str | None] = mapped_column(String(10))


class Exchange(Base):
    """What has passed between the server of an account and us about an email; it outlives the UIDs of its messages.

    `told_band` is the band that the server was told last, and `seen_flags` are the flags that counted as labels.
    """

    __tablename__ = "exchange"
    __table_args__ = (Index("ix_exchange_email_id", "email_id"),)

    account_id: Mapped[int] = mapped_column(
        ForeignKey("account.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    email_id: Mapped[int] = mapped_column(
        ForeignKey("email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    told_band: Mapped[str | None] = mapped_column(String(10))
    seen_flags: Mapped[list[Any] | None] = mapped_column(Json)


class Tombstone(Base):
    """An email that a person deleted; the same bytes are never taken in again."""

    __tablename__ = "tombstone"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    email_id: Mapped[int] = mapped_column(BigInteger)  # the number it had
    deleted_at: Mapped[datetime]
