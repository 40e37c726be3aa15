"""What keeps an instance fit to be exposed: how long mail is kept, what texts are sealed with, what was answered."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, SmallInteger, String
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import Base, JsonOrNull


class Retention(Base):
    """For how many days a mailbox keeps the bytes, the text and the rest of its mail, and how far purging has come.

    No row, or an empty number, is the default of the settings; 0 keeps for ever. Of mail up to the numbers `raw_to` and
    `text_to` the bytes and the text are gone; mail that is gone altogether needs no such mark.
    """

    __tablename__ = "retention"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    raw_days: Mapped[int | None] = mapped_column(Integer)
    text_days: Mapped[int | None] = mapped_column(Integer)
    all_days: Mapped[int | None] = mapped_column(Integer)
    raw_to: Mapped[int] = mapped_column(BigInteger, default=0)
    text_to: Mapped[int] = mapped_column(BigInteger, default=0)
    changed_at: Mapped[datetime | None]
    author: Mapped[str] = mapped_column(String(200), default="")


class Seal(Base):
    """The key with which texts are sealed that travel through Redis; there is one row."""

    __tablename__ = "seal"

    id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    key: Mapped[str] = mapped_column(String(100))


class Answer(Base):
    """How a request with an `Idempotency-Key` was answered; empty while that is not known.

    `name` is a digest of who asked, for what, and of the key; `fingerprint` is one of the body.
    """

    __tablename__ = "answer"
    __table_args__ = (Index("ix_answer_begun_at", "begun_at"),)

    name: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    begun_at: Mapped[datetime]
    fingerprint: Mapped[bytes | None] = mapped_column(LargeBinary(32))
    status: Mapped[int | None] = mapped_column(SmallInteger)
    headers: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)
    body: Mapped[bytes | None] = mapped_column(LargeBinary)
