"""The list and the email, as pages."""

from datetime import datetime
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from triage.api.emails import EmailId, read_email
from triage.api.inbox import read_inbox
from triage.api.label_schemas import State
from triage.api.schemas import EmailItem
from triage.api.services import NowDep, ServicesDep
from triage.errors import EmailNotFound
from triage.labels import Band
from triage.ranking import duration_in_words
from triage.storage import emails
from triage.storage.mailboxes import mailbox_names
from triage.storage.topics import names_in_use
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

Filter = Annotated[str | None, Query(max_length=200)]


@router.get("/", response_class=HTMLResponse)
def inbox_list(
    request: Request,
    services: ServicesDep,
    now: NowDep,
    mailbox: Filter = None,
    topic: Filter = None,
    band: Filter = None,
    state: Filter = None,
    q: Filter = None,
    cursor: Filter = None,
) -> HTMLResponse:
    """Show the inbox, most pressing first; an empty filter lets all pass."""
    chosen = {"mailbox": mailbox, "topic": topic, "band": band, "state": state, "q": q}
    chosen = {name: value.replace("\x00", "") for name, value in chosen.items() if value}
    page = read_inbox(
        services,
        now,
        mailbox=chosen.get("mailbox"),
        topic=chosen.get("topic"),
        band=_one_of(Band, chosen.get("band")),
        state=_state(chosen.get("state")),
        q=chosen.get("q"),
        limit=50,
        cursor=cursor or None,
    )
    with services.database.reading() as session:
        counts, mailboxes, topics = emails.count_by_state(session), mailbox_names(session), names_in_use(session)
    following = {**chosen, "cursor": page.next_cursor} if page.next_cursor else None
    context = {
        "items": page.items,
        "counts": counts,
        "mailboxes": mailboxes,
        "topics": topics,
        "bands": list(reversed(Band)),
        "chosen": chosen,
        "is_first_page": not cursor,
        "next_url": following and "/?" + urlencode(following),
        "first_url": "/?" + urlencode(chosen),
        "waited": lambda item: waited(item, now),
    }
    return render(request, "inbox.html", context)


@router.get("/emails/{email_id}", response_class=HTMLResponse)
def email_page(request: Request, email_id: EmailId, services: ServicesDep, now: NowDep) -> HTMLResponse:
    """Show one email: its text, and why it stands where it does."""
    try:
        email = read_email(email_id, services, now)
    except EmailNotFound as error:
        context = {"title": "Not here", "sentence": str(error)}
        return render(request, "message.html", context, status=404)
    shown: dict[str, Any] = {"email": email, "waited": waited(email, now), "size": size_in_words}
    return render(request, "email.html", shown)


def waited(item: EmailItem, now: datetime) -> str:
    """Return how long an email has waited, in words."""
    return duration_in_words(max((now - item.received_at).total_seconds(), 0.0))


def size_in_words(size_bytes: int) -> str:
    """Return a size as a person reads it: `812 bytes`, `34 kB`, `2.1 MB`."""
    if size_bytes < 1000:
        return f"{size_bytes} bytes"
    return f"{size_bytes / 1000:.0f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"


def _one_of(bands: type[Band], value: str | None) -> Band | None:
    return bands(value) if value in list(bands) else None


def _state(value: str | None) -> State | None:
    states: dict[str | None, State] = {"queued": "queued", "read": "read", "failed": "failed", "handled": "handled"}
    return states.get(value)
