"""Webhooks, and the events that wait to be sent to them or were."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, Integer, LargeBinary, SmallInteger, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column

from triage.storage.tables.base import NEVER_AGAIN, Base, RowId

WAITS = "state = 'waiting'"


class Webhook(Base):
    """An address that is told of events, those of one mailbox or of all.

    `secret` is encrypted (`storage/secrets.py`); until `former_until` the one before it signs as well. `problem` says
    why nothing is sent any more since `disabled_at`. `owner` sends until `leased_until`, and nobody beside it.
    """

    __tablename__ = "webhook"
    __table_args__ = (NEVER_AGAIN,)

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    url: Mapped[str] = mapped_column(Text)
    events: Mapped[list[Any]]  # their names
    mailbox_id: Mapped[int | None] = mapped_column(ForeignKey("mailbox.id"))
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    former_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    disabled_at: Mapped[datetime | None]
    problem: Mapped[str] = mapped_column(Text)
    failing_since: Mapped[datetime | None]  # when the first of several tries in a row failed
    owner: Mapped[str | None] = mapped_column(String(100))
    leased_until: Mapped[datetime | None]


class Delivery(Base):
    """An event for one webhook: written with the change that it tells of, kept for a while once it was sent.

    `message_id` is that of the event, the same for every webhook and every try. `body` is sent as it stands. Of one
    `subject` an event waits for those before it. `step` counts along the schedule of tries, `attempts` all of them.
    """

    __tablename__ = "outbox"
    __table_args__ = (
        Index("ix_outbox_webhook", "webhook_id", "id"),
        Index("ix_outbox_state", "webhook_id", "state", "id"),
        Index("ix_outbox_due", "webhook_id", "due_at", "id", sqlite_where=text(WAITS), postgresql_where=text(WAITS)),
        Index(
            "ix_outbox_subject", "webhook_id", "subject", "id", sqlite_where=text(WAITS), postgresql_where=text(WAITS)
        ),
        NEVER_AGAIN,
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("webhook.id", ondelete="CASCADE"))
    message_id: Mapped[str] = mapped_column(String(40))
    event: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(250))  # what it tells of, as in `email 41`
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime]
    state: Mapped[str] = mapped_column(String(10))  # waiting, delivered or failed
    due_at: Mapped[datetime]
    step: Mapped[int] = mapped_column(SmallInteger)
    attempts: Mapped[int] = mapped_column(Integer)
    tried_at: Mapped[datetime | None]
    answer: Mapped[int | None] = mapped_column(SmallInteger)  # HTTP status of the last try, if there was one
    error: Mapped[str] = mapped_column(Text)
