"""How things stand, as a page."""

from datetime import datetime

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from triage.api import health
from triage.api.access import READ, known_access
from triage.api.failed_schemas import FailedGroupItem, failed_listing
from triage.api.services import NowDep, Services, ServicesDep
from triage.api.standing import Standing
from triage.storage.failures import FailedFilter, SetAside
from triage.web.rendering import render

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
        "problems": [one["sentence"] for one in told["parts"] if one["state"] == Standing.NEEDS_SOMEBODY],
        "set_aside": {str(kind): _groups(services, kind, now) for kind in SetAside},
        "moment_of": lambda text: datetime.fromisoformat(text) if text else None,
    }
    return render(request, "status.html", context)


def _groups(services: Services, kind: SetAside, now: datetime) -> list[FailedGroupItem]:
    with services.database.reading() as session:
        return failed_listing(session, FailedFilter(of=kind), services.policy, now, limit=1).groups or []
