"""IMAP accounts, how far each is read, and what passed between its server and us."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, Text, UniqueConstraint, false, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, Json, RowId

UNTOLD = "written_band IS NULL AND email_id IS NOT NULL"


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
    # Its host was given from elsewhere, and may not lead into our own network.
    is_guarded: Mapped[bool] = mapped_column(server_default=false())

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
