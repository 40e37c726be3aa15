"""Incidents as pages: those that are open, and one with its mails."""

from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.incidents import IncidentId, list_incidents, read_incident
from triage.api.services import NowDep, ServicesDep
from triage.storage.mailboxes import mailbox_names
from triage.storage.topics import names_in_use
from triage.web.choices import script_words
from triage.web.chosen import ROWS, Filter
from triage.web.language import language_of
from triage.web.rendering import render
from triage.web.rows import row_context

router = APIRouter(include_in_schema=False)

MOST_LISTED = 100


@router.get("/incidents", response_class=HTMLResponse, dependencies=[READ])
def incidents_page(
    request: Request,
    services: ServicesDep,
    now: NowDep,
    mailbox: Filter = None,
    state: Literal["open", "closed"] = "open",
) -> HTMLResponse:
    """Show what many mails are about at once, what grew last first."""
    found = list_incidents(services, now, mailbox=mailbox or None, state=state, limit=MOST_LISTED)
    with services.database.reading() as session:
        mailboxes = mailbox_names(session)
    context = {"items": found.items, "mailboxes": mailboxes, "mailbox": mailbox, "state": state, "now": now}
    return render(request, "incidents.html", context)


@router.get("/incidents/{incident_id}", response_class=HTMLResponse, dependencies=[READ])
def incident_page(
    request: Request,
    incident_id: IncidentId,
    services: ServicesDep,
    now: NowDep,
    after: Annotated[int | None, Query(ge=1, le=2**63 - 1)] = None,
    part: Filter = None,
) -> HTMLResponse:
    """Show one incident with its mails, most pressing first; with `part=list` its rows and figures alone."""
    incident, language = read_incident(incident_id, services, now, limit=ROWS + 1, after=after), language_of(request)
    with services.database.reading() as session:
        words = script_words(language, names_in_use(session), {})
    items = incident.emails[:ROWS]
    context = {
        **row_context(language, now),
        "incident": incident,
        "items": items,
        "now": now,
        "chosen": {},
        "is_first_page": after is None,
        "next_after": items[-1].id if len(incident.emails) > ROWS else None,
        "words": {**words, "incident": incident.id},
    }
    return render(request, "incident_list.html" if part == "list" else "incident.html", context)
