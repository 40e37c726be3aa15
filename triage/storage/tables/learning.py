"""What is learned from labels: memories, models, which one is active, and trainings."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, JsonOrNull, RowId

UNFINISHED = "state IN ('queued', 'running')"


class Memory(Base):
    """What was learned from the labels of a mailbox since its model was trained: a small learner, fitted in seconds.

    It speaks of representations of `model_version` alone. `generation` grows with every fit; `labels_seen` tells the
    labels it learned from, so that nothing is fitted twice. `evidence` has those of each head, the number of mails,
    and how many labelled mails the model has not read yet.
    """

    __tablename__ = "memory"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    model_version: Mapped[str] = mapped_column(String(100))
    generation: Mapped[int] = mapped_column(Integer)
    labels_seen: Mapped[str] = mapped_column(String(100))
    fitted_at: Mapped[datetime]
    evidence: Mapped[dict[str, Any]]  # {"heads": {head: {label: mails}}, "mails": n, "unread": n}
    weights: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    placed_to: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)  # how far mail was placed by it
    placed_at: Mapped[datetime | None]  # when all of it was


class Model(Base):
    """A version of a model that the registry holds; the one we ship is in no row.

    `archive` is the bundle as a tar file with `digest`, empty once it was pruned; `manifest` stays.
    """

    __tablename__ = "model"
    __table_args__ = (Index("ix_model_mailbox", "mailbox_id", "created_at"),)

    version: Mapped[str] = mapped_column(String(100), primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    created_at: Mapped[datetime]
    manifest: Mapped[dict[str, Any]]
    size_bytes: Mapped[int] = mapped_column(Integer)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32))  # SHA-256 of the archive
    archive: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)


class Activation(Base):
    """That a mailbox is read with a version from now on; the newest row of a mailbox is its pointer.

    An empty `version` is the model we ship. `before_id` is the activation to return to, which a rollback does by
    adding a row with that one's version and its `before_id`.
    """

    __tablename__ = "activation"
    __table_args__ = (Index("ix_activation_mailbox", "mailbox_id", "id"), NEVER_AGAIN)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    version: Mapped[str | None] = mapped_column(ForeignKey("model.version"))
    activated_at: Mapped[datetime]
    author: Mapped[str] = mapped_column(String(200))
    reason: Mapped[str] = mapped_column(Text)
    before_id: Mapped[int | None] = mapped_column(ForeignKey("activation.id"))


class Shadow(Base):
    """A version that reads the mail of a mailbox beside the active one, and how often they differ."""

    __tablename__ = "shadow"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(ForeignKey("model.version"), primary_key=True)
    started_at: Mapped[datetime]
    stopped_at: Mapped[datetime | None]
    emails: Mapped[int] = mapped_column(Integer)
    differing: Mapped[dict[str, Any]]  # {head: {"active → candidate": emails}}
    examples: Mapped[list[Any]]  # the last emails that they differ on


class Training(Base):
    """A training that was asked for. It ends as `activated`, `refused`, `skipped` or `failed`, and says why.

    `beat_at` is the last sign of life of the worker that trains; `labels_seen` tells the labels there were.
    """

    __tablename__ = "training"
    __table_args__ = (
        Index("ix_training_mailbox", "mailbox_id", "id"),
        # Of one mailbox one training at a time.
        Index(
            "ix_training_unfinished",
            "mailbox_id",
            unique=True,
            sqlite_where=text(UNFINISHED),
            postgresql_where=text(UNFINISHED),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    cause: Mapped[str] = mapped_column(String(20))  # person, labels or schedule
    author: Mapped[str] = mapped_column(String(200))
    requested_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))
    reason: Mapped[str] = mapped_column(Text)
    stage: Mapped[str] = mapped_column(String(40))
    progress: Mapped[float]  # 0 to 1
    attempts: Mapped[int] = mapped_column(SmallInteger)
    started_at: Mapped[datetime | None]
    beat_at: Mapped[datetime | None]
    finished_at: Mapped[datetime | None]
    labels_seen: Mapped[str] = mapped_column(String(100))
    labels_used: Mapped[int] = mapped_column(Integer)
    labels_ignored: Mapped[dict[str, Any]]  # {reason: emails}
    version: Mapped[str | None] = mapped_column(String(100))
    figures: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    page: Mapped[str | None] = mapped_column(Text, deferred=True)  # the report as HTML; it quotes no mail
