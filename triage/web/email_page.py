"""One email as a page: its text, its thread, and why it stands where it does."""

import re
from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from fastapi.responses import HTMLResponse

from triage.api.access import READ
from triage.api.emails import UNTRUSTED, EmailId, read_email
from triage.api.label_schemas import label_items
from triage.api.services import NowDep, ServicesDep
from triage.errors import AttachmentNotFound, EmailNotFound
from triage.intake import image_type, stored_message
from triage.storage import emails, labels
from triage.storage.threads import emails_of_thread
from triage.storage.topics import topics_for_email
from triage.web.can import can_snooze
from triage.web.choices import script_words
from triage.web.html_view import html_view, visible_overrides
from triage.web.language import language_of
from triage.web.marked_text import marked
from triage.web.reasons import told_reasons
from triage.web.rendering import render, templates
from triage.web.rows import row_context

router = APIRouter(include_in_schema=False)

MOST_TEXT_CHARS = 100_000  # below what is read of a mail, so that a mail which was cut there is told to be
# Formats that every browser shows.
SHOWN_INLINE = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
# No script, no form, nothing from elsewhere; `sandbox` makes it a stranger to our own pages as well.
FRAME_HEADERS = {
    "Content-Security-Policy": (
        "sandbox allow-popups allow-popups-to-escape-sandbox; default-src 'none'; img-src 'self'; "
        "style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "Cache-Control": "no-store",
}
_HTML = re.compile(rb'text/html|"html":', re.IGNORECASE)


@router.get("/emails/{email_id}", response_class=HTMLResponse, dependencies=[READ])
def email_page(
    request: Request,
    email_id: EmailId,
    services: ServicesDep,
    now: NowDep,
    view: Annotated[Literal["text", "html"] | None, Query()] = None,
) -> HTMLResponse:
    """Show one email."""
    language = language_of(request)
    try:
        email = read_email(email_id, services, now)
    except EmailNotFound:
        gone = {"title": language.t("email.not_here"), "sentence": language.t("email.was_it_deleted", id=str(email_id))}
        return render(request, "message.html", gone, status=404)
    with services.database.reading() as session:
        thread = emails_of_thread(session, email_id)
        history = label_items(labels.history(session, email_id, limit=50))
        raw = emails.message_of(session, email_id)
        has_html = _HTML.search(raw.raw) is not None
        topics = topics_for_email(session, email_id)
    phrases = {reason.factor: reason.phrases for reason in email.reasons if reason.phrases}
    context = {
        **row_context(language, now),
        "email": email,
        "reasons": told_reasons(email, language, now),
        "subject": marked(visible_overrides(email.subject), phrases),
        "pieces": marked(visible_overrides(email.text[:MOST_TEXT_CHARS]), phrases),
        "quoted": visible_overrides(email.quoted_text[:MOST_TEXT_CHARS]),
        "is_cut": max(len(email.text), len(email.quoted_text)) > MOST_TEXT_CHARS,
        "has_html": has_html,
        "view": view or "text",
        "thread": thread,
        "now": now,
        "history": history,
        "words": script_words(language, topics, {}),
        "can_snooze": can_snooze(),
        "size": size_in_words,
    }
    return render(request, "email.html", context)


@router.get("/emails/{email_id}/html", response_class=HTMLResponse, dependencies=[READ])
def email_html(request: Request, email_id: EmailId, services: ServicesDep) -> Response:
    """Show the HTML of an email, cleaned, for a sandboxed frame."""
    with services.database.reading() as session:
        message = stored_message(emails.message_of(session, email_id))
    inline = {part.content_id: _inline(email_id, part.position) for part in message.attachments if part.content_id}
    shown = html_view(message.html, inline)
    return templates.TemplateResponse(
        request, "frame.html", {"shown": shown, "has_html": bool(message.html.strip())}, headers=FRAME_HEADERS
    )


@router.get("/emails/{email_id}/inline/{position}", response_class=Response, dependencies=[READ])
def inline_image(
    email_id: EmailId, position: Annotated[int, Path(ge=0, le=2**15 - 1)], services: ServicesDep
) -> Response:
    """Return an image that the HTML of its email shows; what is no image that browsers show is not given out here."""
    with services.database.reading() as session:
        message = stored_message(emails.message_of(session, email_id))
    found = next((part for part in message.attachments if part.position == position), None)
    # By its first bytes: the type is the sender's claim.
    kind = "" if found is None else image_type(found.content)
    if found is None or kind not in SHOWN_INLINE:
        raise AttachmentNotFound(email_id, position)
    return Response(found.content, media_type=kind, headers=UNTRUSTED)


def size_in_words(size_bytes: int) -> str:
    """Return a size as a person reads it: `812 B`, `34 kB`, `2.1 MB`."""
    if size_bytes < 1000:
        return f"{size_bytes} B"
    return f"{size_bytes / 1000:.0f} kB" if size_bytes < 1_000_000 else f"{size_bytes / 1_000_000:.1f} MB"


def _inline(email_id: int, position: int) -> str:
    return f"/emails/{email_id}/inline/{position}"
