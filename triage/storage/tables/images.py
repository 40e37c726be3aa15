"""Images, those of emails and those that were posted on their own, and what the model made of them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, JsonOrNull, RowId

POSTED = "email_id IS NULL"
IMAGE_WAITS = "state = 'queued'"
IMAGE_SET_ASIDE = "state = 'failed' AND handled_at IS NULL"


class Image(Base):
    """An image we accepted. One of an email is its attachment at `position`; the bytes of another are kept beside it.

    `state` is `queued` until it has a finding, then `read`; `failed` once it is set aside with `error`. An image that
    cannot be decoded is read as well: its finding says so. `model_version` names the finding that counts.
    """

    __tablename__ = "image"
    __table_args__ = (
        UniqueConstraint("email_id", "position"),
        # The same bytes posted again are the same image; as attachments they are one of each email.
        Index(
            "ix_image_posted",
            "mailbox_id",
            "digest",
            unique=True,
            sqlite_where=text(POSTED),
            postgresql_where=text(POSTED),
        ),
        Index("ix_image_waiting", "enqueued_at", sqlite_where=text(IMAGE_WAITS), postgresql_where=text(IMAGE_WAITS)),
        Index("ix_image_state", "state"),
        Index(
            "ix_image_failed",
            "error_stage",
            "error",
            "id",
            "failed_at",
            "mailbox_id",
            sqlite_where=text(IMAGE_SET_ASIDE),
            postgresql_where=text(IMAGE_SET_ASIDE),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    email_id: Mapped[int | None] = mapped_column(ForeignKey("email.id", ondelete="CASCADE"))
    position: Mapped[int | None] = mapped_column(SmallInteger)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 of the bytes
    size_bytes: Mapped[int] = mapped_column(Integer)
    content_type: Mapped[str] = mapped_column(String(255))  # as whoever sent it says
    filename: Mapped[str] = mapped_column(Text)

    state: Mapped[str] = mapped_column(String(10))
    stored_at: Mapped[datetime]
    enqueued_at: Mapped[datetime]
    handled_at: Mapped[datetime | None]  # when a person took it off the list of what was set aside
    attempts: Mapped[int] = mapped_column(SmallInteger, default=0)
    error: Mapped[str | None] = mapped_column(Text)
    error_stage: Mapped[str | None] = mapped_column(String(20))
    failed_at: Mapped[datetime | None]  # when it was set aside
    model_version: Mapped[str | None] = mapped_column(String(100))


class ImageContent(Base):
    """The bytes of an image that was posted on its own."""

    __tablename__ = "image_content"

    image_id: Mapped[int] = mapped_column(
        ForeignKey("image.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    raw: Mapped[bytes] = mapped_column(LargeBinary)


class Finding(Base):
    """What the image model says of an image; one per image and model version.

    Of an image that cannot be decoded there is only `error`; the same cause is told in the same words.
    """

    __tablename__ = "finding"
    __table_args__ = (Index("ix_finding_kind", "model_version", "kind"),)

    image_id: Mapped[int] = mapped_column(
        ForeignKey("image.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    model_version: Mapped[str] = mapped_column(String(100), primary_key=True)
    created_at: Mapped[datetime]
    kind: Mapped[str | None] = mapped_column(String(100))  # the likeliest class
    confidence: Mapped[float | None]
    probabilities: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)  # {class: p}
    format: Mapped[str | None] = mapped_column(String(20))  # as its bytes say
    width: Mapped[int | None] = mapped_column(Integer)  # pixels
    height: Mapped[int | None] = mapped_column(Integer)
    is_decoration: Mapped[bool]
    error: Mapped[str | None] = mapped_column(Text)


class Recognizer(Base):
    """A version of what recognises images, a bundle or a cascade; the one we ship is in no row.

    `archive` is the bundle as a tar file with `digest`, empty once it was pruned; `manifest` stays.
    """

    __tablename__ = "recognizer"

    version: Mapped[str] = mapped_column(String(100), primary_key=True)
    created_at: Mapped[datetime]
    manifest: Mapped[dict[str, Any]]
    size_bytes: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 of the archive
    archive: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class RecognizerActivation(Base):
    """That images are recognised with a version from now on, of all mailboxes; the newest row is the pointer.

    An empty `version` is the bundle we ship. `before_id` is the activation to return to, which a rollback does by
    adding a row with that one's version and its `before_id`.
    """

    __tablename__ = "recognizer_activation"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    version: Mapped[str | None] = mapped_column(ForeignKey("recognizer.version"))
    activated_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("recognizer_activation.id"))
