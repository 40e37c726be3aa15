"""The list: the inbox as a page, and its rows alone for a script that brings an open page up to date."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, get_args
from urllib.parse import urlencode

from babel.dates import format_timedelta
from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse

from triage.api.inbox import read_inbox
from triage.api.label_schemas import State
from triage.api.schemas import AttachmentItem, EmailItem, InboxPage
from triage.api.services import NowDep, Services, ServicesDep
from triage.labels import Band
from triage.storage import emails
from triage.storage.mailboxes import mailbox_names
from triage.storage.topics import names_in_use
from triage.web.choices import script_words
from triage.web.health import why_mail_waits
from triage.web.language import Language, language_of
from triage.web.rendering import render

router = APIRouter(include_in_schema=False)

Filter = Annotated[str | None, Query(max_length=200)]
ROWS = 50


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of a list; those that mean nothing are left out."""

    filters: Mapping[str, str]
    cursor: str | None

    def address(self, **changed: str | None) -> str:
        """Return the address of this list with some filters changed, from its first page unless `cursor` is given."""
        kept = {name: value for name, value in {**self.filters, **changed}.items() if value}
        return "/?" + urlencode(kept) if kept else "/"

    def page(self, services: Services, now: datetime) -> InboxPage:
        """Return the rows that they let pass."""
        band, state = self.filters.get("band"), self.filters.get("state")
        return read_inbox(
            services,
            now,
            mailbox=self.filters.get("mailbox"),
            topic=self.filters.get("topic"),
            band=None if band is None else Band(band),
            state=state,  # type: ignore[arg-type]  # one of them: others were left out
            q=self.filters.get("q"),
            limit=ROWS,
            cursor=self.cursor,
        )


def chosen_filters(
    mailbox: Filter = None,
    topic: Filter = None,
    band: Filter = None,
    state: Filter = None,
    q: Filter = None,
    cursor: Filter = None,
) -> Chosen:
    """Return the filters that an address names; an empty one lets all pass."""
    named = {"mailbox": mailbox, "topic": topic, "band": band, "state": state, "q": q}
    filters = {name: value.replace("\x00", "").strip() for name, value in named.items() if value}
    allowed = {"band": tuple(Band), "state": get_args(State)}
    return Chosen(
        {name: value for name, value in filters.items() if value and value in allowed.get(name, (value,))},
        cursor or None,
    )


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
    part: Filter = None,
) -> HTMLResponse:
    """Show the inbox, most pressing first; with `part=list` its rows and counts alone."""
    chosen = chosen_filters(mailbox, topic, band, state, q, cursor)
    page, language = chosen.page(services, now), language_of(request)
    with services.database.reading() as session:
        counts = emails.count_by_state(session)
        around: dict[str, Any] = {}
        if part != "list":
            topics = names_in_use(session)
            words = script_words(language, topics, chosen.filters)
            around = {"mailboxes": mailbox_names(session), "topics": topics, "words": words}
    context = {
        **around,
        **row_context(language, now),
        "items": page.items,
        "counts": counts,
        "trouble": why_mail_waits(services) if counts["queued"] else None,
        "bands": list(reversed(Band)),
        "states": get_args(State),
        "chosen": chosen.filters,
        "address": chosen.address,
        "is_first_page": not cursor,
        "next_url": page.next_cursor and chosen.address(cursor=page.next_cursor),
    }
    return render(request, "list.html" if part == "list" else "inbox.html", context)


def row_context(language: Language, now: datetime) -> dict[str, Any]:
    """Return what the template of a row asks for besides its email."""
    return {
        "waited": lambda moment: waited(moment, now, language),
        "kinds": kinds,
        "percent": language.percent,
        "snippet": snippet,
    }


def waited(moment: datetime, now: datetime, language: Language) -> str:
    """Return how long something has waited, as short as the language can say it."""
    length = format_timedelta(now - moment, "minute", threshold=1.2, format="short", locale=language.code)
    return length.replace(" ", "\N{NO-BREAK SPACE}")


def snippet(item: EmailItem) -> str:
    """Return the beginning of a mail, as much as a row of a wide screen holds."""
    return item.snippet[:140]


def kinds(attachments: list[AttachmentItem]) -> list[str]:
    """Return what the images that count were found to be, once each, in order."""
    found = (one.finding for one in attachments)
    return list(dict.fromkeys(one.kind for one in found if one and one.kind and not one.is_decoration))
