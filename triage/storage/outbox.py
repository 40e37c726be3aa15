"""Events that wait to be sent to webhooks, and what became of those that were sent."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, literal, select, update
from sqlalchemy.orm import Session, aliased

from triage.errors import DeliveryNotFound
from triage.storage.dialect import among, insert_rows
from triage.storage.reach import BEYOND_REACH
from triage.storage.tables import Delivery, Email, Verdict, Webhook
from triage.storage.verdicts import OF_THIS_VERSION

WAITING, DELIVERED, FAILED = "waiting", "delivered", "failed"
# Sent events that are forgotten in one transaction.
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Due:
    """An event to be sent now."""

    id: int
    message_id: str
    body: str
    step: int
    attempts: int


def subscribers(session: Session, event: str) -> list[tuple[int, int | None]]:
    """Return the webhooks that are told of an event, each with the one mailbox that it wants to hear of, if any.

    None of them is removed before the end of the transaction, which would fail with the event that it stores. Whoever
    changes one mailbox alone is told of as well to those that hear of all.
    """
    query = select(Webhook.id, Webhook.mailbox_id, Webhook.events).where(Webhook.disabled_at.is_(None))
    query = query.order_by(Webhook.id).with_for_update(read=True, key_share=True)
    found = session.execute(query, execution_options=BEYOND_REACH)
    return [(number, mailbox_id) for number, mailbox_id, events in found if event in events]


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits for one webhook.

    Attributes:
        oldest: When the oldest event that waits came; `None` when none waits.
        given_up: Events that are not tried any more.
    """

    webhook_id: int
    waiting: int
    oldest: datetime | None
    given_up: int
    failing_since: datetime | None
    is_disabled: bool


def backlogs(session: Session) -> list[Backlog]:
    """Return what waits for each webhook; walks over what waits or was given up, and never over all that was sent."""

    def of_state(state: str, what: Any) -> Any:
        mine = (Delivery.webhook_id == Webhook.id, Delivery.state == literal(state, literal_execute=True))
        return select(what).where(*mine).correlate(Webhook).scalar_subquery()

    query = select(
        Webhook.id,
        of_state(WAITING, func.count(Delivery.id)),
        of_state(WAITING, func.min(Delivery.created_at)),
        of_state(FAILED, func.count(Delivery.id)),
        Webhook.failing_since,
        Webhook.disabled_at.is_not(None),
    )
    return [Backlog(*row) for row in session.execute(query.order_by(Webhook.id))]


def add_deliveries(session: Session, rows: Sequence[Mapping[str, Any]], now: datetime) -> list[int]:
    """Let events wait to be sent; return their numbers."""
    fresh = {"created_at": now, "due_at": now, "state": WAITING, "step": 0, "attempts": 0, "error": ""}
    return [
        number for (number,) in insert_rows(session, Delivery, [{**row, **fresh} for row in rows], returning=["id"])
    ]


def stands(session: Session, email_ids: Sequence[int]) -> list[dict[str, Any]]:
    """Return what webhooks are told of emails, in the order of ids, each with its `mailbox_id`."""
    query = (
        select(
            Email.id,
            Email.mailbox_id,
            Email.received_at,
            Email.priority,
            Email.band,
            Email.topic,
            Email.due_at,
            Email.model_version,
            Email.policy_version,
            Verdict.sentiment,
            Verdict.urgency,
            Verdict.action_required,
        )
        .outerjoin(Verdict, OF_THIS_VERSION)
        .where(among(session, Email.id, email_ids))
        .order_by(Email.id)
    )
    return [dict(row) for row in session.execute(query).mappings()]


def webhooks_to_tell(session: Session, now: datetime) -> list[int]:
    """Return the webhooks that an event is due for."""
    is_due = select(Delivery.id).where(*_waiting_for(Webhook.id), Delivery.due_at <= now).exists()
    return list(session.scalars(select(Webhook.id).where(Webhook.disabled_at.is_(None), is_due).order_by(Webhook.id)))


def due(session: Session, webhook_id: int, now: datetime, *, limit: int) -> list[Due]:
    """Return events to be sent to a webhook now, longest due first; of one subject the oldest that waits, if any."""
    earlier = aliased(Delivery)
    waits_behind = select(earlier.id).where(
        earlier.webhook_id == webhook_id,
        earlier.state == WAITING,
        earlier.subject == Delivery.subject,
        earlier.id < Delivery.id,
    )
    query = (
        select(Delivery.id, Delivery.message_id, Delivery.body, Delivery.step, Delivery.attempts)
        .where(*_waiting_for(webhook_id), Delivery.due_at <= now, ~waits_behind.exists())
        .order_by(Delivery.due_at, Delivery.id)
        .limit(limit)
    )
    return [Due(*row) for row in session.execute(query)]


def note_tried(session: Session, delivery_id: int, **values: Any) -> None:
    """Note what became of a try, unless the event does not wait any more."""
    query = update(Delivery).where(Delivery.id == delivery_id, Delivery.state == WAITING)
    session.execute(query.values(attempts=Delivery.attempts + 1, **values))


def hasten(session: Session, webhook_id: int, now: datetime) -> None:
    """Let all events that wait for another try be due now; a try that fails brings each to where it stood."""
    later = (*_waiting_for(webhook_id), Delivery.due_at > now)
    session.execute(update(Delivery).where(*later, Delivery.step > 0).values(due_at=now, step=Delivery.step - 1))


def deliveries(
    session: Session, webhook_id: int, *, state: str | None = None, before: int | None = None, limit: int
) -> Sequence[Delivery]:
    """Return the events of a webhook, newest first, those before one."""
    query = select(Delivery).where(Delivery.webhook_id == webhook_id)
    if state is not None:
        query = query.where(Delivery.state == state)
    if before is not None:
        query = query.where(Delivery.id < before)
    return session.scalars(query.order_by(Delivery.id.desc()).limit(limit)).all()


def delivery(session: Session, webhook_id: int, delivery_id: int) -> Delivery:
    """Return one event of a webhook.

    Raises:
        DeliveryNotFound: It has no such event.
    """
    found = session.get(Delivery, delivery_id, populate_existing=True)
    if found is None or found.webhook_id != webhook_id:
        raise DeliveryNotFound(webhook_id, delivery_id)
    return found


def replay(session: Session, delivery_ids: Collection[int], now: datetime) -> int:
    """Send events again, from the beginning of the schedule; return how many. They keep their message ids."""
    query = update(Delivery).where(Delivery.id.in_(delivery_ids))
    session.execute(query.values(state=WAITING, due_at=now, step=0, error="", answer=None))
    return len(delivery_ids)


def failed_since(session: Session, webhook_id: int, since: datetime | None, *, limit: int) -> list[int]:
    """Return events of a webhook that were given up, oldest first, of those that came since a moment."""
    query = select(Delivery.id).where(Delivery.webhook_id == webhook_id, Delivery.state == FAILED)
    if since is not None:
        query = query.where(Delivery.created_at >= since)
    return list(session.scalars(query.order_by(Delivery.id).limit(limit)))


def counts(session: Session) -> dict[int, dict[str, int]]:
    """Return how many events of each webhook are in each state."""
    query = select(Delivery.webhook_id, Delivery.state, func.count()).group_by(Delivery.webhook_id, Delivery.state)
    found: dict[int, dict[str, int]] = {}
    for webhook_id, state, count in session.execute(query):
        found.setdefault(webhook_id, {})[state] = count
    return found


def forget(session: Session, *, delivered_before: datetime, failed_before: datetime) -> int:
    """Forget some events that were sent, or given up, before a moment; return how many."""
    gone: list[int] = []
    for state, moment in ((DELIVERED, delivered_before), (FAILED, failed_before)):
        query = select(Delivery.id).where(Delivery.state == state, Delivery.tried_at < moment)
        gone += session.scalars(query.limit(BATCH - len(gone)))
    session.execute(delete(Delivery).where(Delivery.id.in_(gone)))
    return len(gone)


def _waiting_for(webhook_id: Any) -> tuple[Any, Any]:
    return Delivery.webhook_id == webhook_id, Delivery.state == WAITING
