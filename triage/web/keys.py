"""Keys as a page for administrators: which there are, a new one shown once, and the end of one."""

from datetime import datetime, timedelta
from typing import Any

from fastapi import APIRouter, HTTPException, Request
from fastapi.responses import HTMLResponse
from pydantic import ValidationError
from starlette.concurrency import run_in_threadpool

from triage.access import Role
from triage.api.access import ADMIN_OF_ALL
from triage.api.key_schemas import KeyItem, KeyOrder
from triage.api.keys import list_keys, made_key
from triage.api.services import NowDep, Services, ServicesDep
from triage.storage.mailboxes import mailbox_names
from triage.web.login import form_of
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

# Days until a key expires that the page offers; 0 is never.
LIVES = (0, 30, 90, 365)


@router.get("/keys", response_class=HTMLResponse, dependencies=[ADMIN_OF_ALL])
def keys_page(request: Request, services: ServicesDep, now: NowDep) -> HTMLResponse:
    """Show the keys."""
    return render(request, "keys.html", _context(services, now))


@router.post("/keys", response_class=HTMLResponse, dependencies=[ADMIN_OF_ALL])
async def make_key(request: Request, services: ServicesDep, now: NowDep) -> HTMLResponse:
    """Make a key and show it, this once."""
    form = await form_of(request)
    try:
        order = order_of(form, now)
    except (ValidationError, ValueError, OverflowError) as error:
        raise HTTPException(422, "a key needs a name and a role; go back and give both") from error

    def shown() -> dict[str, Any]:
        made = made_key(services, order, now)
        return {**_context(services, now), "made": made}

    return render(request, "keys.html", await run_in_threadpool(shown))


def order_of(form: dict[str, list[str]], now: datetime) -> KeyOrder:
    """Return the key that a form asks for.

    Raises:
        ValueError: It asks for none that can be made.
    """
    days = int(form.get("days", ["0"])[0])
    return KeyOrder(
        name=form.get("name", [""])[0].strip(),
        role=Role(form.get("role", [""])[0]),
        mailboxes=form.get("mailbox") or None,
        expires_at=now + timedelta(days=days) if days else None,
    )


def state_of(key: KeyItem, now: datetime) -> str:
    """Return whether a key is good, as catalogues name it."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "good"


def _context(services: Services, now: datetime) -> dict[str, Any]:
    with services.database.reading() as session:
        mailboxes = mailbox_names(session)
    items = list_keys(services).items
    return {
        "keys": [(key, state_of(key, now)) for key in items],
        "mailboxes": mailboxes,
        "roles": list(Role),
        "lives": LIVES,
        "made": None,
        "now": now,
    }
