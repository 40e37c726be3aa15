"""The prioritized inbox, page by page."""

import base64
import binascii
from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query

from triage.api.access import READ
from triage.api.incident_schemas import items_by_id
from triage.api.label_schemas import State
from triage.api.schemas import InboxPage, email_item
from triage.api.services import NowDep, ServicesDep
from triage.labels import Band
from triage.mail.json_mail import PRINTABLE
from triage.storage import emails
from triage.storage.inbox import MOST_WORDS, InboxCursor, InboxFilter, InboxRow, grouped_page, inbox_page

router = APIRouter(prefix="/v1", tags=["inbox"])


@router.get("/inbox", dependencies=[READ])
def read_inbox(
    services: ServicesDep,
    now: NowDep,
    mailbox: Annotated[str | None, Query(max_length=200, pattern=PRINTABLE)] = None,
    topic: Annotated[str | None, Query(max_length=100, pattern=PRINTABLE)] = None,
    band: Band | None = None,
    state: State | None = None,
    overdue: Annotated[bool, Query(description="only mail that should have been answered by now")] = False,
    q: Annotated[str | None, Query(max_length=500, description="words in subject, sender or snippet")] = None,
    limit: Annotated[int, Query(ge=1, le=200)] = 50,
    group: Annotated[Literal["incidents"] | None, Query(description="show mails about one matter as one row")] = None,
    cursor: Annotated[str | None, Query(max_length=200, description="`next_cursor` of the page before")] = None,
) -> InboxPage:
    """List unhandled emails, most pressing first."""
    words = tuple((q or "").replace("\x00", "").split()[:MOST_WORDS])
    wanted = InboxFilter(mailbox, topic, band, state, words, due_before=now if overdue else None)
    after = None if cursor is None else decoded(cursor)
    with services.database.reading() as session:
        is_grouped = group is not None and state != "handled"
        rows = (grouped_page if is_grouped else inbox_page)(session, wanted, after=after, limit=limit + 1)
        attachments = emails.attachments_of(session, [row.email.id for row in rows])
        incident_items = items_by_id(session, _incident_ids(rows) if is_grouped else [], now)
    shown = rows[:limit]
    items = [email_item(row, attachments[row.email.id], services.policy, now) for row in shown]
    for item in items:
        item.incident = incident_items.get(item.incident_id or 0)
    last = shown[-1].email if len(rows) > limit else None
    return InboxPage(items=items, next_cursor=None if last is None else encoded(InboxCursor(last.rank_at, last.id)))


def _incident_ids(rows: Sequence[InboxRow]) -> list[int]:
    return sorted({row.email.incident_id for row in rows if row.email.incident_id is not None})


def encoded(cursor: InboxCursor) -> str:
    """Return a cursor as the opaque text that clients hand back."""
    return base64.urlsafe_b64encode(f"{cursor.rank_at.isoformat()} {cursor.email_id}".encode()).decode()


def decoded(text: str) -> InboxCursor:
    """Return the cursor behind its text.

    Raises:
        HTTPException: 422 when it is none of ours.
    """
    try:
        rank_at, email_id = base64.urlsafe_b64decode(text.encode()).decode().split(" ")
        cursor = InboxCursor(datetime.fromisoformat(rank_at), int(email_id))
    except (ValueError, binascii.Error) as error:
        raise HTTPException(422, "cursor is not one that this inbox gave; begin again without it") from error
    if cursor.rank_at.tzinfo is None or not 0 <= cursor.email_id < 2**63:
        raise HTTPException(422, "cursor is not one that this inbox gave; begin again without it")
    return cursor
