"""Telling other systems what happened: an event is stored in the transaction of the change that it tells of.

So a change that is undone told nobody, and one that is kept tells everybody who wants to hear, whoever is killed
meanwhile. Sending is the business of `triage/webhooks/`. Events name emails by number and say where they stand; text
of mail, subjects and addresses are in none: who wants more asks for it with a key.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any
from uuid import uuid4

from sqlalchemy.orm import Session

from triage.storage import outbox
from triage.storage.mailboxes import names_by_id


class Event(StrEnum):
    """What webhooks are told of."""

    EMAIL_RANKED = "email.ranked"  # an email got its verdict
    EMAIL_CORRECTED = "email.corrected"  # a person said something of an email, or took it back
    INCIDENT_OPENED = "incident.opened"  # several mails are about one matter
    ACCOUNT_FAILED = "account.failed"  # an account cannot be polled any more
    MODEL_ACTIVATED = "model.activated"  # mail is read, or images are recognised, with another version


# Not to be wished for: sent to one webhook when somebody tries it.
TEST = "webhook.test"


@dataclass(frozen=True, slots=True)
class Fact:
    """One thing that happened.

    Attributes:
        subject: What it tells of, as in `email 41`; facts about the same are sent in order.
        mailbox_id: Where it happened, `None` where that is everywhere.
        data: What JSON can hold.
    """

    subject: str
    mailbox_id: int | None
    data: Mapping[str, Any] = field(default_factory=dict)


def is_wanted(session: Session, event: Event) -> bool:
    """Say whether any webhook is told of an event, before somebody goes to the trouble of putting it into words."""
    return bool(outbox.subscribers(session, event))


def announce(session: Session, event: Event, facts: Sequence[Fact], now: datetime | None = None) -> None:
    """Store events for each webhook that wants to hear of them; nothing is sent before the commit."""
    wanted = outbox.subscribers(session, event) if facts else []
    if not wanted:
        return
    now, names = now or datetime.now(UTC), names_by_id(session)
    rows = []
    for fact in facts:
        hearers = [number for number, of_mailbox in wanted if of_mailbox in (None, fact.mailbox_id)]
        mailbox = {} if fact.mailbox_id is None else {"mailbox": names.get(fact.mailbox_id)}
        rows += rows_of(event, fact.subject, {**fact.data, **mailbox}, hearers, now)
    outbox.add_deliveries(session, rows, now)


def announce_emails(
    session: Session, event: Event, email_ids: Sequence[int], extra: Mapping[int, Mapping[str, Any]] | None = None
) -> None:
    """Tell where emails stand, as this transaction leaves them; `extra` by email is told beside that."""
    if not email_ids or not is_wanted(session, event):
        return
    facts = []
    for one in outbox.stands(session, email_ids):
        number, mailbox_id = one["id"], one.pop("mailbox_id")
        facts.append(Fact(f"email {number}", mailbox_id, {**one, **(extra or {}).get(number, {})}))
    announce(session, event, facts)


def rows_of(
    event: str, subject: str, data: Mapping[str, Any], webhook_ids: Sequence[int], now: datetime
) -> list[dict[str, Any]]:
    """Return one event as rows of the outbox, one for each webhook; all have the same message id.

    Source:
        Standard Webhooks, "Payload structure".
    """
    message_id = f"msg_{uuid4().hex}"
    body = {
        "type": event,
        "timestamp": now.isoformat(),
        "data": {name: _written(value) for name, value in data.items()},
    }
    told = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
    return [
        {"webhook_id": number, "message_id": message_id, "event": str(event), "subject": subject, "body": told}
        for number in webhook_ids
    ]


def _written(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value
