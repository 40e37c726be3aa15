"""The list: the inbox as a page, and its rows alone for a script that brings an open page up to date."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.services import NowDep, ServicesDep
from triage.incidents.surge import rates
from triage.labels import Band
from triage.storage import emails, snoozes
from triage.storage.mailboxes import mailbox_names
from triage.storage.topics import names_in_use
from triage.web.choices import script_words
from triage.web.chosen import STATES, Filter, chosen_filters
from triage.web.health import why_mail_waits
from triage.web.language import language_of
from triage.web.rendering import render
from triage.web.rows import row_context

router = APIRouter(include_in_schema=False)


@router.get("/", response_class=HTMLResponse, dependencies=[READ])
def inbox_list(
    request: Request,
    services: ServicesDep,
    now: NowDep,
    mailbox: Filter = None,
    topic: Filter = None,
    band: Filter = None,
    state: Filter = None,
    q: Filter = None,
    group: Filter = None,
    cursor: Filter = None,
    part: Filter = None,
) -> HTMLResponse:
    """Show the inbox, most pressing first; with `part=list` its rows and counts alone."""
    chosen = chosen_filters(mailbox, topic, band, state, q, group, cursor)
    page, language = chosen.page(services, now), language_of(request)
    with services.database.reading() as session:
        counts = emails.count_by_state(session)
        snoozed = snoozes.count_snoozed(session)
        surges = [rate for rate in rates(session, now) if rate.is_surge]
        around: dict[str, Any] = {}
        if part != "list":
            topics = names_in_use(session)
            words = script_words(language, topics, chosen.of_api, state=chosen.filters.get("state"))
            around = {"mailboxes": mailbox_names(session), "topics": topics, "words": words}
    context = {
        **around,
        **row_context(language, now),
        "items": page.items,
        "counts": counts,
        "open_count": max(sum(counts.values()) - snoozed, 0),
        "snoozed_count": snoozed,
        "surges": surges,
        "trouble": why_mail_waits(services) if counts["queued"] else None,
        "bands": list(reversed(Band)),
        "states": STATES,
        "chosen": chosen.filters,
        "is_narrowed": bool(chosen.narrowing),
        "is_grouped": chosen.is_grouped,
        "address": chosen.address,
        "is_first_page": not cursor,
        "next_url": page.next_cursor and chosen.address(cursor=page.next_cursor),
    }
    return render(request, "list.html" if part == "list" else "inbox.html", context)
