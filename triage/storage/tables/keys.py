"""Keys of programs, and how people get in: sessions in a browser, and links that begin one."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, JsonOrNull, RowId


class ApiKey(Base):
    """A key: what it may do, and since when it may not any more. Of the key itself only a digest is kept.

    `beginning` is how the key begins, for a person to tell keys apart. `mailboxes` are names; without them it is for
    all. `last_used_at` is true to the minute.
    """

    __tablename__ = "api_key"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    beginning: Mapped[str] = mapped_column(String(20))
    name: Mapped[str] = mapped_column(String(200))
    scopes: Mapped[list[Any]]
    mailboxes: Mapped[list[Any] | None] = mapped_column(JsonOrNull)
    created_at: Mapped[datetime]
    created_by: Mapped[str] = mapped_column(String(200))
    expires_at: Mapped[datetime | None]
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]
    revoked_by: Mapped[str | None] = mapped_column(String(200))


class LoginLink(Base):
    """A link that lets one person in as an administrator, once."""

    __tablename__ = "login_link"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class WebSession(Base):
    """Somebody who is logged in: by a key, with what that key may do, or by a link as an administrator."""

    __tablename__ = "web_session"

    digest: Mapped[bytes] = mapped_column(LargeBinary(32), primary_key=True)
    key_id: Mapped[int | None] = mapped_column(ForeignKey("api_key.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
