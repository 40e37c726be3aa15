"""Webhooks by number, and who sends to each of them now."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import CursorResult, delete, func, or_, select, update
from sqlalchemy.orm import Session

from triage.errors import WebhookNotFound
from triage.storage.tables import Webhook


def add(session: Session, row: Webhook) -> int:
    """Store a webhook; return its number."""
    session.add(row)
    session.flush()
    return row.id


def count(session: Session) -> int:
    """Return how many there are."""
    return session.scalar(select(func.count()).select_from(Webhook)) or 0


def by_id(session: Session, webhook_id: int, *, to_change: bool = False) -> Webhook:
    """Return a webhook.

    Raises:
        WebhookNotFound: There is none of this number.
    """
    query = select(Webhook).where(Webhook.id == webhook_id).execution_options(populate_existing=True)
    found = session.scalar(query.with_for_update(key_share=True) if to_change else query)
    if found is None:
        raise WebhookNotFound(webhook_id)
    return found


def all_webhooks(session: Session) -> Sequence[Webhook]:
    """Return every webhook, in the order of numbers."""
    return session.scalars(select(Webhook).order_by(Webhook.id)).all()


def change(session: Session, webhook_id: int, **values: Any) -> None:
    """Set columns of a webhook; of one that was removed none."""
    session.execute(update(Webhook).where(Webhook.id == webhook_id).values(**values))


def remove(session: Session, webhook_id: int) -> None:
    """Forget a webhook with all that waits for it."""
    session.execute(delete(Webhook).where(Webhook.id == webhook_id))


def lease(session: Session, webhook_id: int, owner: str, now: datetime, length: timedelta) -> bool:
    """Make `owner` the one who sends to a webhook until `now + length`; return whether that succeeded.

    As with accounts (`storage/accounts.py`), a lease that ends later than any can is from before a clock was set back.
    """
    is_free = or_(
        Webhook.owner.is_(None),
        Webhook.owner == owner,
        Webhook.leased_until.is_(None),
        Webhook.leased_until <= now,
        Webhook.leased_until > now + 2 * length,
    )
    taken = session.execute(
        update(Webhook)
        .where(Webhook.id == webhook_id, Webhook.disabled_at.is_(None), is_free)
        .values(owner=owner, leased_until=now + length)
    )
    assert isinstance(taken, CursorResult)  # noqa: S101 (an UPDATE gives nothing else)
    return taken.rowcount == 1


def release(session: Session, webhook_id: int, owner: str) -> None:
    """Let others send to a webhook; one that another has taken meanwhile stays with them."""
    session.execute(
        update(Webhook).where(Webhook.id == webhook_id, Webhook.owner == owner).values(owner=None, leased_until=None)
    )
