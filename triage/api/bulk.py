"""The route through which many mails come in at once."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from fastapi import APIRouter, HTTPException, Request, Response
from starlette.concurrency import run_in_threadpool

from triage.api.access import SUBMIT
from triage.api.bodies import LARGEST_JSON_BYTES, media_type, read_lines
from triage.api.problems import COME_BACK_LATER, RETRY_AFTER, problem_of, retry_after
from triage.api.services import Services, ServicesDep, utc_now
from triage.api.submissions import MailboxQuery, json_submission
from triage.errors import (
    EmailDeleted,
    InvalidSubmission,
    MailboxNotFound,
    MalformedMessage,
    TooMuchWaits,
    TransientError,
)
from triage.intake import Outcome, Receipt, Submission

router = APIRouter(prefix="/v1/emails", tags=["emails"])

NDJSON = "application/x-ndjson"
# Enough to write rows in bulk, few enough that the first are read while the last still come in.
BULK_LINES, BULK_BYTES = 250, 8 * 2**20
# What became of each line is held in memory until the end.
MOST_LINES = 100_000
BULK_DOCS = {"requestBody": {"required": True, "content": {NDJSON: {"schema": {"type": "string"}}}}}


@router.post(
    "/bulk", openapi_extra=BULK_DOCS, response_class=Response, responses=COME_BACK_LATER, dependencies=[SUBMIT]
)
async def submit_bulk(request: Request, services: ServicesDep, mailbox: MailboxQuery = None) -> Response:
    """Accept one email per line of JSON; answer one result per line, in order. A bad line harms no other.

    Lines with status 503 were not accepted, and are to be sent again; where that is true of all, so is the answer.
    """
    if media_type(request) not in (NDJSON, "application/jsonl", "application/jsonlines"):
        raise HTTPException(415, f"send one JSON object per line as {NDJSON}")
    default = mailbox or services.settings.default_mailbox
    bulk = Bulk(services, default)
    lines: list[bytes] = []
    count = 0
    async for line in read_lines(request, LARGEST_JSON_BYTES):
        count += 1
        if count > MOST_LINES:
            raise HTTPException(413, f"only {MOST_LINES:,} lines were taken, and are stored; send the others anew")
        lines.append(line)
        if len(lines) >= BULK_LINES or sum(map(len, lines)) >= BULK_BYTES:
            await run_in_threadpool(bulk.accept, lines)
            lines = []
            if bulk.is_put_off:
                break  # nothing of it was accepted: the rest need not even come in
    await run_in_threadpool(bulk.accept, lines)
    return bulk.answer()


class Bulk:
    """An upload of many: what became of each line so far.

    The database may go away, or the limit of waiting mail be reached, when the first lines are stored already. Then
    each line says for itself whether it was accepted.
    """

    def __init__(self, services: Services, default_mailbox: str) -> None:
        self._services = services
        self._default_mailbox = default_mailbox
        self._results: list[dict[str, Any]] = []
        self._put_off: TransientError | None = None

    @property
    def is_put_off(self) -> bool:
        """Whether every line so far is to be sent again."""
        return self._put_off is not None and all(result["status"] == 503 for result in self._results)

    def accept(self, lines: Sequence[bytes]) -> None:
        """Accept some lines, each for its mailbox."""
        # Not the time at which the upload began: that may be minutes ago.
        now = utc_now()
        results: list[dict[str, Any]] = [{} for _ in lines]
        by_mailbox: dict[str, list[tuple[int, Submission]]] = {}
        for position, line in enumerate(lines):
            try:
                submission, named = json_submission(line)
            except (InvalidSubmission, MalformedMessage) as error:
                results[position] = {"status": 422, "error": str(error)}
            else:
                by_mailbox.setdefault(named or self._default_mailbox, []).append((position, submission))
        for mailbox, placed in by_mailbox.items():
            accepted = self._accept_for(mailbox, [submission for _, submission in placed], now)
            for (position, _), result in zip(placed, accepted, strict=True):
                results[position] = result
        self._results += results

    def answer(self) -> Response:
        """Return one result per line; one problem for all when no line could be accepted for now."""
        if self._put_off is not None and self.is_put_off:
            return problem_of(self._put_off)
        wait = self._put_off.retry_after if isinstance(self._put_off, TooMuchWaits) else RETRY_AFTER
        return Response(
            "".join(json.dumps(result) + "\n" for result in self._results),
            media_type=NDJSON,
            headers={} if self._put_off is None else retry_after(wait),
        )

    def _accept_for(self, mailbox: str, submissions: Sequence[Submission], now: datetime) -> list[dict[str, Any]]:
        if self._put_off is not None and not isinstance(self._put_off, TooMuchWaits):
            # The database went away during this upload: each further try would wait for it in vain.
            return [_put_off_result(self._put_off) for _ in submissions]
        try:
            receipts = self._services.intake.accept(submissions, mailbox=mailbox, now=now)
        except TransientError as error:
            self._put_off = error
            return [_put_off_result(error) for _ in submissions]
        except MailboxNotFound as error:
            return [{"status": 404, "error": str(error)} for _ in submissions]
        for receipt in receipts:
            if isinstance(receipt.error, TooMuchWaits):
                self._put_off = receipt.error
        return [_line_result(receipt) for receipt in receipts]


def _put_off_result(error: TransientError) -> dict[str, Any]:
    return {"status": 503, "error": str(error)}


def _line_result(receipt: Receipt) -> dict[str, Any]:
    if isinstance(receipt.error, TooMuchWaits):
        return _put_off_result(receipt.error)
    if isinstance(receipt.error, EmailDeleted):
        return {"status": 410, "error": str(receipt.error)}
    if receipt.error is not None:
        return {"status": 422, "error": str(receipt.error)}
    duplicate = receipt.outcome is Outcome.DUPLICATE
    return {"status": 200 if duplicate else 202, "id": receipt.email_id, "state": receipt.state, "duplicate": duplicate}
