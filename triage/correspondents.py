"""All that is kept of the mail with one person: told to them when they ask, and removed when they want that.

Found is mail that they wrote and mail that was written to them, by address (`From` and `To`). Where others write about
them, quote them or send them a copy, an address does not find it.
"""

from base64 import b64encode
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from triage.audit import note
from triage.errors import InvalidSubmission
from triage.storage import correspondents, mailboxes, retention
from triage.storage.correspondents import Row
from triage.storage.session import Database
from triage.storage.tables import Label

BATCH = 100
LONGEST_ADDRESS = 1000


def emails_with(
    session: Session, address: str, *, mailbox: str | None = None, after: int = 0, limit: int = BATCH
) -> list[int]:
    """Return emails from or to an address, after a number, by id.

    Raises:
        InvalidSubmission: This is no address.
        MailboxNotFound: There is no such mailbox.
    """
    address = address.strip()
    if "@" not in address or len(address) > LONGEST_ADDRESS:
        raise InvalidSubmission("this is no address of a correspondent; give one as in jo@example.org", pointer="")
    mailbox_id = None if mailbox is None else mailboxes.require_mailbox(session, mailbox)
    return correspondents.emails_of(session, address, mailbox_id=mailbox_id, after=after, limit=limit)


def export(database: Database, address: str, *, mailbox: str | None = None) -> Iterator[dict[str, Any]]:
    """Yield all that is kept of each email with an address, by id; it holds a few of them in memory at a time.

    Raises:
        InvalidSubmission: This is no address.
        MailboxNotFound: There is no such mailbox.
    """
    after = 0
    while True:
        with database.reading() as session:
            ids = emails_with(session, address, mailbox=mailbox, after=after)
            found = described(session, ids, with_bytes=True)
        yield from found
        if len(ids) < BATCH:
            return
        after = ids[-1]


def described(session: Session, email_ids: list[int], *, with_bytes: bool) -> list[dict[str, Any]]:
    """Return all that is kept of emails as JSON objects, with their bytes in base64 if wanted."""
    rows, labels = correspondents.rows_of(session, email_ids)
    return [_described(row, labels.get(row[0].id, []), with_bytes=with_bytes) for row in rows]


def delete(
    database: Database, address: str, now: datetime, *, mailbox: str | None = None, most: int | None = None
) -> int:
    """Remove every email with an address, with labels, verdicts and images; return how many went.

    In batches, each for itself: who is stopped leaves the rest to the next call. The same bytes are not taken in again;
    what they write anew is.

    Raises:
        InvalidSubmission: This is no address.
        MailboxNotFound: There is no such mailbox.
    """
    deleted = 0
    while most is None or deleted < most:
        with database.unit_of_work() as session:
            retention.overwrite(session)
            wanted = BATCH if most is None else min(BATCH, most - deleted)
            ids = emails_with(session, address, mailbox=mailbox, limit=wanted)
            if ids:
                retention.forget_all(session, ids, now)
                # Not whose: the trail is kept for ever.
                note(session, "correspondent.deleted", emails=ids)
        deleted += len(ids)
        if len(ids) < wanted:
            break
    if deleted:
        database.settle()
    return deleted


def _described(row: Row, labels: list[Label], *, with_bytes: bool) -> dict[str, Any]:
    email, mailbox, message, verdict = row
    told: dict[str, Any] = {
        "id": email.id,
        "mailbox": mailbox,
        "received_at": email.received_at.isoformat(),
        "stored_at": email.stored_at.isoformat(),
        "handled_at": None if email.handled_at is None else email.handled_at.isoformat(),
        "from": {"name": email.sender_name, "address": email.sender_address},
        "to": email.recipients,
        "subject": email.subject,
        "text": message.text,
        "quoted_text": message.quoted_text,
        "priority": email.priority,
        "band": email.band,
        "topic": email.topic,
        "findings": email.findings,
        "verdict": None,
        "labels": [_label(one) for one in labels],
    }
    if verdict is not None:
        read = ("model_version", "topic", "sentiment", "urgency", "action_required", "language", "reasons")
        told["verdict"] = {name: getattr(verdict, name) for name in (*read, "distributions")}
    if with_bytes:
        told |= {"media_type": message.media_type, "raw_base64": b64encode(message.raw).decode()}
    return told


def _label(label: Label) -> dict[str, Any]:
    said = ("topic", "sentiment", "urgency", "action_required", "source", "author")
    return {name: getattr(label, name) for name in said} | {"said_at": label.said_at.isoformat()}
