"""Routes to one email."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from triage.api.access import ADMIN, LABEL, READ
from triage.api.bodies import BoundedRoute
from triage.api.schemas import EmailDetail, EmailItem, email_detail, email_item
from triage.api.services import NowDep, Services, ServicesDep
from triage.errors import AttachmentNotFound, BytesGone, EmailNotFound
from triage.handle import delete, mark_done, reopen, snooze
from triage.intake import stored_message
from triage.storage import emails
from triage.storage.inbox import inbox_row

router = APIRouter(prefix="/v1/emails", tags=["emails"], route_class=BoundedRoute)

# The largest number that a row can have in either database.
EmailId = Annotated[int, Path(ge=1, le=2**63 - 1)]

# Bytes of strangers: never shown by a browser as a page of ours, never sniffed for another type.
UNTRUSTED = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cache-Control": "private",
}


@router.get("/{email_id}", dependencies=[READ])
def read_email(email_id: EmailId, services: ServicesDep, now: NowDep) -> EmailDetail:
    """Return one email with its text."""
    with services.database.reading() as session:
        row = inbox_row(session, email_id)
        if row is None:
            raise EmailNotFound(email_id)
        attachments = emails.attachments_of(session, [email_id])[email_id]
        return email_detail(row, attachments, emails.message_of(session, email_id), services.policy, now)


@router.get("/{email_id}/raw", response_class=Response, dependencies=[READ])
def read_raw(email_id: EmailId, services: ServicesDep) -> Response:
    """Return the bytes as they came: `message/rfc822`, or the canonical JSON of a mail that came as JSON."""
    with services.database.reading() as session:
        message = emails.message_of(session, email_id)
    if not message.raw:
        raise BytesGone(email_id)
    extension = "json" if message.media_type.endswith("json") else "eml"
    disposition = {"Content-Disposition": f'attachment; filename="email-{email_id}.{extension}"'}
    return Response(message.raw, media_type=message.media_type, headers=UNTRUSTED | disposition)


@router.get("/{email_id}/attachments/{position}", response_class=Response, dependencies=[READ])
def read_attachment(
    email_id: EmailId, position: Annotated[int, Path(ge=0, le=2**15 - 1)], services: ServicesDep
) -> Response:
    """Return the bytes of one attachment, always as a download."""
    with services.database.reading() as session:
        message = stored_message(emails.message_of(session, email_id))
    found = [part for part in message.attachments if part.position == position]
    if not found:
        raise AttachmentNotFound(email_id, position)
    # The type is the sender's claim and the name their text: neither may reach a header of ours.
    disposition = {"Content-Disposition": f'attachment; filename="email-{email_id}-attachment-{position}"'}
    return Response(found[0].content, media_type="application/octet-stream", headers=UNTRUSTED | disposition)


@router.post("/{email_id}/done", dependencies=[LABEL])
def mark_email_done(email_id: EmailId, services: ServicesDep, now: NowDep) -> EmailItem:
    """Take an email off the inbox; nothing happens when it is done already."""
    with services.database.unit_of_work() as session:
        mark_done(session, email_id, now)
    return email_response(services, email_id, now)


@router.post("/{email_id}/reopen", dependencies=[LABEL])
def reopen_email(email_id: EmailId, services: ServicesDep, now: NowDep) -> EmailItem:
    """Put an email back into the inbox, also one that is put off."""
    with services.database.unit_of_work() as session:
        reopen(session, email_id)
    return email_response(services, email_id, now)


class SnoozeOrder(BaseModel):
    """Until when an email is put off."""

    model_config = ConfigDict(extra="forbid")

    until: AwareDatetime = Field(description="a moment to come, with its time zone", examples=["2026-03-03T08:00:00Z"])


@router.post("/{email_id}/snooze", dependencies=[LABEL])
def snooze_email(email_id: EmailId, order: SnoozeOrder, services: ServicesDep, now: NowDep) -> EmailItem:
    """Put an email off until a moment, or until somebody writes in its thread; one that is done is open again then."""
    with services.database.unit_of_work() as session:
        snooze(session, email_id, order.until, now)
    return email_response(services, email_id, now)


@router.delete("/{email_id}", status_code=204, dependencies=[ADMIN])
def delete_email(email_id: EmailId, services: ServicesDep, now: NowDep) -> None:
    """Remove an email for good: its bytes, attachments and verdicts. The same mail is never taken in again."""
    with services.database.unit_of_work() as session:
        delete(session, email_id, now)


def email_response(services: Services, email_id: int, now: datetime) -> EmailItem:
    """Return an email as the inbox lists it.

    Raises:
        EmailNotFound: It is not stored.
    """
    with services.database.reading() as session:
        row = inbox_row(session, email_id)
        if row is None:
            raise EmailNotFound(email_id)
        return email_item(row, emails.attachments_of(session, [email_id])[email_id], services.policy, now)
