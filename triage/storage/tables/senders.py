"""What people did with mail, and what that says of its senders."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import Base

IS_DUE = "is_due"


class Treated(Base):
    """What people did with one email; `is_due` until that was weighed, which writes the rest of the columns.

    `with_many` says that it was done together with many others.
    """

    __tablename__ = "treated"
    __table_args__ = (
        Index("ix_treated_due", "mailbox_id", "email_id", sqlite_where=text(IS_DUE), postgresql_where=text(IS_DUE)),
        Index("ix_treated_sender", "mailbox_id", "address", "treated_at"),
        Index("ix_treated_mailbox", "mailbox_id", "treated_at"),
    )

    email_id: Mapped[int] = mapped_column(
        ForeignKey("email.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    mailbox_id: Mapped[int] = mapped_column(BigInteger)
    with_many: Mapped[bool]
    is_due: Mapped[bool]
    address: Mapped[str | None] = mapped_column(Text)
    treatment: Mapped[str | None] = mapped_column(String(10))
    treated_at: Mapped[datetime | None]


class Sender(Base):
    """How often people of a mailbox treated the newest mails of a sender in which way; see `triage.ranking.importance`.

    `address` is in lower case. Only senders are here of whom there is evidence enough.
    """

    __tablename__ = "sender"

    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    address: Mapped[str] = mapped_column(Text, primary_key=True)
    mails: Mapped[int] = mapped_column(Integer)
    raised: Mapped[int] = mapped_column(Integer)
    lowered: Mapped[int] = mapped_column(Integer)
    soon: Mapped[int] = mapped_column(Integer)
    swept: Mapped[int] = mapped_column(Integer)
    usual_soon: Mapped[float]  # shares of the mail of the mailbox, when this was weighed
    usual_swept: Mapped[float]
