"""Routes through which mail comes in."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any, cast

from fastapi import APIRouter, HTTPException, Query, Request, Response
from fastapi.responses import JSONResponse
from starlette.concurrency import run_in_threadpool

from triage.api.access import SUBMIT
from triage.api.bodies import LARGEST_JSON_BYTES, media_type, read_body
from triage.api.emails import email_response
from triage.api.problems import COME_BACK_LATER, problem_of
from triage.api.schemas import SubmittedEmail, submitted_email
from triage.api.services import NowDep, Services, ServicesDep
from triage.intake import APPLICATION_JSON, MESSAGE_RFC822, Outcome, Submission
from triage.mail import JsonMail, canonical_bytes, read_document, read_json_mail
from triage.mail.bounds import MAX_MESSAGE_BYTES
from triage.mail.json_mail import PRINTABLE
from triage.storage import emails

router = APIRouter(prefix="/v1/emails", tags=["emails"])

MailboxQuery = Annotated[
    str | None, Query(min_length=1, max_length=200, pattern=PRINTABLE, description="mailbox that the mail is for")
]
POLL_SECONDS = 0.02

BODY_DOCS = {
    "requestBody": {
        "required": True,
        "content": {
            APPLICATION_JSON: {"schema": JsonMail.model_json_schema(by_alias=True)},
            MESSAGE_RFC822: {"schema": {"type": "string", "format": "binary"}},
        },
    }
}


@router.post(
    "",
    status_code=202,
    response_model=SubmittedEmail,
    openapi_extra=BODY_DOCS,
    responses=COME_BACK_LATER,
    dependencies=[SUBMIT],
)
async def submit(
    request: Request,
    services: ServicesDep,
    now: NowDep,
    mailbox: MailboxQuery = None,
    wait: Annotated[float, Query(ge=0, le=30, description="seconds to wait for the verdict")] = 0,
) -> Response:
    """Accept one email, as JSON or as RFC 5322 bytes; the same mail again is answered with 200 and the same id."""
    submission, named = await _one_submission(request, now)
    into = named or mailbox or services.settings.default_mailbox
    (receipt,) = await run_in_threadpool(services.intake.accept, [submission], mailbox=into, now=now)
    if receipt.error is not None:
        return problem_of(receipt.error)
    assert receipt.email_id is not None  # noqa: S101 (it was not refused)
    if wait and receipt.state == emails.QUEUED:
        await _until_read(services, receipt.email_id, wait)
    item = await run_in_threadpool(email_response, services, receipt.email_id, now)
    duplicate = receipt.outcome is Outcome.DUPLICATE
    return JSONResponse(
        submitted_email(item, duplicate=duplicate).model_dump(mode="json", by_alias=True),
        status_code=200 if duplicate else 202,
        headers={"Location": f"/v1/emails/{receipt.email_id}"},
    )


async def _one_submission(request: Request, now: datetime) -> tuple[Submission, str | None]:
    """Return what was sent, and the mailbox it names itself."""
    kind = media_type(request)
    if kind == MESSAGE_RFC822:
        raw = await read_body(request, MAX_MESSAGE_BYTES)
        return Submission(raw, MESSAGE_RFC822, received_at=now), None
    if kind == APPLICATION_JSON:
        return await run_in_threadpool(json_submission, await read_body(request, LARGEST_JSON_BYTES))
    raise HTTPException(415, f"send a mail as {APPLICATION_JSON} or {MESSAGE_RFC822}")


def json_submission(body: bytes) -> tuple[Submission, str | None]:
    """Return the mail that a JSON document is, and the mailbox it names itself.

    Raises:
        MalformedMessage: It is no JSON.
        InvalidSubmission: It is JSON and no mail.
    """
    document = read_document(body)
    mail = read_json_mail(document)
    # A mail that could be read is an object.
    raw = canonical_bytes(cast("dict[str, Any]", document))
    return Submission(raw, APPLICATION_JSON, json_mail=mail), mail.mailbox


async def _until_read(services: Services, email_id: int, seconds: float) -> None:
    """Wait until an email has its verdict or was set aside, at most so many seconds."""

    def waits() -> bool:
        with services.database.reading() as session:
            return emails.email_by_id(session, email_id).state == emails.QUEUED

    await while_it(waits, seconds)


async def while_it(waits: Callable[[], bool], seconds: float) -> None:
    """Wait while something does, at most so many seconds."""
    try:
        async with asyncio.timeout(seconds):
            while await run_in_threadpool(waits):
                await asyncio.sleep(POLL_SECONDS)
    except TimeoutError:
        return
