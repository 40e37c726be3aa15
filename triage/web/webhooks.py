"""Webhooks as pages: all of them, and one with what was sent to it."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from triage.api.access import ADMIN_OF_ALL
from triage.api.services import NowDep, ServicesDep
from triage.api.webhooks import WebhookId
from triage.outbox import Event
from triage.storage.mailboxes import mailbox_names
from triage.web.language import Language, language_of
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

ROWS = 50


@router.get("/webhooks", response_class=HTMLResponse, dependencies=[ADMIN_OF_ALL])
def webhooks_page(request: Request, services: ServicesDep, now: NowDep) -> HTMLResponse:
    """Show who is told of what happens here, and how that goes; add another."""
    with services.database.reading() as session:
        mailboxes = mailbox_names(session)
    context = {
        "items": services.webhooks.all(),
        "events": list(Event),
        "mailboxes": mailboxes,
        "now": now,
        "words": webhook_words(language_of(request)),
    }
    return render(request, "webhooks.html", context)


@router.get("/webhooks/{webhook_id}", response_class=HTMLResponse, dependencies=[ADMIN_OF_ALL])
def webhook_page(
    request: Request,
    webhook_id: WebhookId,
    services: ServicesDep,
    now: NowDep,
    before: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
) -> HTMLResponse:
    """Show what was sent to a webhook and what waits, newest first; send it again."""
    webhook = services.webhooks.one(webhook_id)
    found = services.webhooks.log(webhook_id, before=before, limit=ROWS + 1)
    context = {
        "webhook": webhook,
        "deliveries": found[:ROWS],
        "next_before": found[ROWS - 1].id if len(found) > ROWS else None,
        "now": now,
    }
    return render(request, "webhook.html", context)


def webhook_words(language: Language) -> dict[str, Any]:
    """Return what the page's script says."""
    return {"js": {**language.words("webhook_js"), "unreachable": language.t("js.unreachable")}, "filters": {}}
