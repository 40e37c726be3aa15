"""How things stand, as a page."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from triage.api import health
from triage.api.access import READ, known_access
from triage.api.failed_schemas import FailedGroupItem, failed_listing
from triage.api.services import NowDep, Services, ServicesDep
from triage.errors import QueueUnavailable
from triage.queue.heartbeat import living_workers, why_unread
from triage.storage.failures import FailedFilter, SetAside
from triage.web.rendering import render
from triage.webhooks.webhooks import WebhookStatus

router = APIRouter(include_in_schema=False)


@router.get("/status", response_class=HTMLResponse, dependencies=[READ])
def status_page(request: Request, services: ServicesDep, now: NowDep) -> HTMLResponse:
    """Show what waits, who works, how it goes with the accounts, and what was set aside."""
    access = known_access(request)
    # They are told of all mailboxes, and so are a matter of those who see to all of them.
    hooks = services.webhooks.all() if access is not None and access.sees_to_all else None
    told = health.status_of(services, now, hooks=hooks or ())
    context = {
        "told": told,
        "webhooks": hooks,
        "now": now,
        "problems": [*problems_of(told, _why_unread(services)), *_of_webhooks(hooks or ())],
        "set_aside": {str(kind): _groups(services, kind, now) for kind in SetAside},
        "moment_of": lambda text: datetime.fromisoformat(text) if text else None,
    }
    return render(request, "status.html", context)


def problems_of(told: dict[str, Any], why_unread: str = "") -> list[str]:
    """Return what a person should mend, as sentences, from the status that the API gives; each once."""
    sentences = [
        why_unread,
        told["queue"].get("problem"),
        told["refusing"],
        told["images"]["queue"].get("problem"),
        told["learning"].get("problem"),
        *told["warnings"],
        *(worker["problem"] for worker in told["workers"]),
        *(f"{account['name']}: {account['problem']}" for account in told["accounts"] if account["problem"]),
    ]
    told_once = list(dict.fromkeys(one for one in sentences if one))
    return [one for one in told_once if not any(one != other and one in other for other in told_once)]


def _of_webhooks(found: Sequence[WebhookStatus]) -> list[str]:
    return [f"webhook {one.id}: {one.problem}" for one in found if one.problem]


def _why_unread(services: Services) -> str:
    try:
        return why_unread(living_workers(services.redis))
    except QueueUnavailable:
        return ""  # the status says so itself


def _groups(services: Services, kind: SetAside, now: datetime) -> list[FailedGroupItem]:
    with services.database.reading() as session:
        return failed_listing(session, FailedFilter(of=kind), services.policy, now, limit=1).groups or []
