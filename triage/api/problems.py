"""Errors as `application/problem+json` (RFC 9457), in one table."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from http import HTTPStatus
from math import ceil
from typing import Any

import structlog
from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from triage.errors import (
    AccountNotFound,
    AlreadyVerifying,
    AttachmentNotFound,
    BytesGone,
    DeliveryNotFound,
    EmailDeleted,
    EmailNotFound,
    FolderNotFound,
    HostRefused,
    ImageNotFound,
    IncidentNotFound,
    InvalidAccount,
    InvalidKeyOrder,
    InvalidLabel,
    InvalidPolicy,
    InvalidSnooze,
    InvalidSubmission,
    InvalidWebhook,
    KeyNotFound,
    LabelNotFound,
    LoginRefused,
    MailboxNotFound,
    MailServerBusy,
    MalformedMessage,
    ModelNotFound,
    ModelUnfit,
    NoEarlierPolicy,
    NoSecretKey,
    NotAllowed,
    NotLetIn,
    NotMigrated,
    PolicyChanged,
    RecognizerNotFound,
    ReportNotFound,
    SecretUnreadable,
    TooManyWrongKeys,
    TooMuchWaits,
    TrainingNotFound,
    TransientError,
    TriageError,
    WebhookNotFound,
)
from triage.origin import REQUEST_ID, origin

log = structlog.get_logger(__name__)

# The first that fits counts.
STATUS: tuple[tuple[type[TriageError], int], ...] = (
    (NotLetIn, 401),
    (NotAllowed, 403),
    (TooManyWrongKeys, 429),
    (EmailNotFound, 404),
    (AttachmentNotFound, 404),
    (ImageNotFound, 404),
    (IncidentNotFound, 404),
    (AccountNotFound, 404),
    (EmailDeleted, 410),
    (BytesGone, 410),
    (LabelNotFound, 404),
    (MailboxNotFound, 404),
    (ModelNotFound, 404),
    (RecognizerNotFound, 404),
    (ModelUnfit, 409),
    (TrainingNotFound, 404),
    (KeyNotFound, 404),
    (InvalidKeyOrder, 422),
    (ReportNotFound, 404),
    (InvalidLabel, 422),
    (InvalidPolicy, 422),
    (NoEarlierPolicy, 409),
    (PolicyChanged, 409),
    (InvalidSnooze, 422),
    (MalformedMessage, 400),
    (InvalidSubmission, 422),
    (AlreadyVerifying, 409),
    (InvalidAccount, 422),
    (HostRefused, 422),
    (WebhookNotFound, 404),
    (DeliveryNotFound, 404),
    (InvalidWebhook, 422),
    (LoginRefused, 422),
    (FolderNotFound, 422),
    (NoSecretKey, 503),
    (SecretUnreadable, 503),
    (NotMigrated, 503),
    (TransientError, 503),
)
# When nobody can say for how long.
RETRY_AFTER = timedelta(seconds=5)

# For the description of routes that answer 503.
COME_BACK_LATER: dict[int | str, dict[str, Any]] = {
    503: {
        "description": "What this takes is full or away for now. Nothing was accepted; send it again later.",
        "headers": {
            "Retry-After": {
                "description": "Seconds after which to send it again.",
                "schema": {"type": "integer", "minimum": 1},
            }
        },
        "content": {"application/problem+json": {"schema": {"type": "object"}}},
    }
}


def problem(
    status: int, detail: str, *, errors: Sequence[dict[str, str]] = (), headers: Mapping[str, str] | None = None
) -> JSONResponse:
    """Return a problem document; `errors` points to the fields at fault."""
    body: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
    }
    if errors:
        body["errors"] = list(errors)
    if request_id := origin().request_id:
        body[REQUEST_ID] = request_id
    when = retry_after(RETRY_AFTER) if status in (429, 503) else {}
    return JSONResponse(body, status, headers=when | dict(headers or {}), media_type="application/problem+json")


def problem_of(error: TriageError) -> JSONResponse:
    """Return the problem document of one of our errors."""
    pointed = [{"pointer": error.pointer, "detail": str(error)}] if isinstance(error, InvalidSubmission) else []
    told = error.retry_after if isinstance(error, TooMuchWaits | MailServerBusy | TooManyWrongKeys) else None
    when = {} if told is None else retry_after(told)
    asks = {"WWW-Authenticate": 'Bearer realm="triage"'} if isinstance(error, NotLetIn) else {}
    return problem(status_of(error), str(error), errors=pointed, headers=when | asks)


def status_of(error: TriageError) -> int:
    """Return the HTTP status that one of our errors is answered with."""
    return next((status for kind, status in STATUS if isinstance(error, kind)), 500)


def retry_after(wait: timedelta) -> dict[str, str]:
    """Return the header that says when to come back, in whole seconds."""
    return {"Retry-After": str(ceil(wait.total_seconds()))}


def add_handlers(app: FastAPI) -> None:
    """Let every error leave the API as a problem document."""

    @app.exception_handler(TriageError)
    async def _ours(_: Request, error: TriageError) -> JSONResponse:
        return problem_of(error)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        found = [
            {"pointer": _pointer(one["loc"]), "detail": one["msg"].removeprefix("Value error, ")}
            for one in error.errors()
        ]
        return problem(422, f"{found[0]['pointer'].lstrip('/')}: {found[0]['detail']}".removeprefix(": "), errors=found)

    @app.exception_handler(HTTPException)
    async def _http(_: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, str(error.detail), headers=error.headers)

    @app.exception_handler(Exception)
    async def _bug(request: Request, error: Exception) -> JSONResponse:
        log.error("unexpected error", route=getattr(request.scope.get("route"), "path", ""), error=type(error).__name__)
        # Answered outside of what gives every other answer its id.
        told = {"X-Request-ID": origin().request_id}
        return problem(500, "something unexpected happened; the log of the server says what", headers=told)


def _pointer(location: Sequence[object]) -> str:
    """Return a JSON pointer for a field of the body, or the place and name of a parameter."""
    return "".join(f"/{part}" for part in location if part != "body")
