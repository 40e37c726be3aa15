"""From a template and what it shows to a page in the reader's language."""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import HTMLResponse
from fastapi.templating import Jinja2Templates
from markupsafe import Markup, escape

from triage.access import Access, Scope
from triage.api.access import known_access
from triage.web.language import CODES, language_of
from triage.web.sentences import in_words, language_mark

# Nothing from elsewhere, scripts from our own files alone, and nobody may frame us: mail is written by strangers.
PAGE_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    # Not `no-referrer`: with it browsers call the origin of our own forms `null`.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}

BACKTICKS = re.compile(r"`([^`]+)`")

# In the order of the navigation; `nav.<name>` is what a catalogue calls each.
PLACES = {
    "inbox": "/",
    "label_next": "/label-next",
    "incidents": "/incidents",
    "models": "/models",
    "reports": "/reports",
    "status": "/status",
    "policy": "/policy",
}
# At the foot, for those who see to the whole instance.
ADMINISTRATION = {"keys": "/keys", "webhooks": "/webhooks"}


def render(request: Request, template: str, context: Mapping[str, Any], *, status: int = 200) -> HTMLResponse:
    """Return a page. Its template finds `t`, `word`, `in_words` and `language` beside what the context gives."""
    return templates.TemplateResponse(request, template, dict(context), status_code=status, headers=PAGE_HEADERS)


def _surroundings(request: Request) -> dict[str, Any]:
    language, access = language_of(request), known_access(request)
    return {
        "language": language,
        "t": language.t,
        "word": language.word,
        "in_words": lambda sentence: with_code(in_words(sentence or "", language)),
        "language_mark": lambda sentence: language_mark(sentence or "", language),
        "may": lambda scope: access is not None and access.may(Scope(scope)),
        "places": {} if access is None else _known(request, _places_for(access)),
        "administration": _known(request, ADMINISTRATION) if access is not None and access.sees_to_all else {},
        "is_logged_in": access is not None and access.session is not None,
        "path": request.url.path,
        "codes": CODES,
        "back": urlencode({"back": request.url.path + (f"?{request.url.query}" if request.url.query else "")}),
    }


def _places_for(access: Access) -> dict[str, str]:
    """Return the pages that are of use to somebody; whoever may label nothing needs no list of what to label."""
    return {name: path for name, path in PLACES.items() if name != "label_next" or access.may(Scope.LABEL)}


def _known(request: Request, places: Mapping[str, str]) -> dict[str, str]:
    """Return those pages that this application has."""
    return {name: path for name, path in places.items() if path in request.app.state.paths}


def with_code(sentence: str) -> Markup:
    """Return a sentence of ours in which commands stand between backticks as markup; all else of it is text."""
    return Markup(BACKTICKS.sub(r"<code>\1</code>", str(escape(sentence))))  # noqa: S704 - escaped before


templates = Jinja2Templates(Path(__file__).parent / "templates", context_processors=[_surroundings])
templates.env.filters["with_code"] = with_code
# A list of fifty rows is sent often: no bytes for the indentation of templates.
templates.env.trim_blocks = templates.env.lstrip_blocks = True
