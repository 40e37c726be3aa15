"""Incidents: mails of one mailbox about one matter; and how much mail a mailbox gets."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, LargeBinary, String, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, JsonOrNull, RowId

STANDS = "merged_into IS NULL"


class Incident(Base):
    """Mails about one matter, by `email.incident_id`; rows are never removed.

    `size`, `pressing` and `centroid` are of all mails that ever joined, as representations of `model_version`, and are
    what later mails are compared with. `merged_into` names the incident that this one turned out to be. `closed_at` and
    `labelled` keep what was done to all members at once, so that it can be done to the rest and undone. Members
    were put off together until `snoozed_until`; `was_critical` says that one of them was critical then.
    """

    __tablename__ = "incident"
    __table_args__ = (
        Index(
            "ix_incident_mailbox",
            "mailbox_id",
            "last_at",
            sqlite_where=text(STANDS),
            postgresql_where=text(STANDS),
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"))
    model_version: Mapped[str] = mapped_column(String(100))
    opened_at: Mapped[datetime]
    first_at: Mapped[datetime]  # when its first and last mails were received
    last_at: Mapped[datetime]
    size: Mapped[int] = mapped_column(Integer)
    pressing: Mapped[int] = mapped_column(Integer)
    central_email_id: Mapped[int] = mapped_column(BigInteger)  # the member whose subject stands for all
    words: Mapped[list[Any]]  # that its members share
    centroid: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)  # float16, means of words and embeddings
    merged_into: Mapped[int | None] = mapped_column(RowId)
    closed_at: Mapped[datetime | None]
    snoozed_until: Mapped[datetime | None]
    was_critical: Mapped[bool | None]
    labelled: Mapped[dict[str, Any] | None] = mapped_column(JsonOrNull)  # {"at": …, "author": …, "said": {head: value}}


class Arrival(Base):
    """How many emails a mailbox received in five minutes; without a row, none."""

    __tablename__ = "arrival"

    slot_at: Mapped[datetime] = mapped_column(primary_key=True)
    mailbox_id: Mapped[int] = mapped_column(ForeignKey("mailbox.id"), primary_key=True, autoincrement=False)
    emails: Mapped[int] = mapped_column(Integer)
