"""`Idempotency-Key` on POST: the same request again within a day is answered as before, and not done again.

A request is noted before it is done and its answer before it is sent. Where a process dies in between nobody knows how
far it came, so its key is answered with 409 from then on: better asked about than done twice. What was refused or put
off (4xx, 503) changed nothing, and its key is free again. An answer that holds a secret (`Cache-Control: no-store`) is
not kept: asked for again, it is a 409 too.

Source:
    draft-ietf-httpapi-idempotency-key-header.
"""

import hashlib
from datetime import timedelta

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.api.problems import problem, problem_of, retry_after
from triage.api.services import utc_now
from triage.errors import TransientError
from triage.storage import answers
from triage.storage.answers import Given
from triage.storage.session import Database

LONGEST_KEY = 255
# A longer answer is not kept, and its request may be done again.
LONGEST_ANSWER = 2**20
_KEPT_HEADERS = ("content-type", "location")


class Idempotency:
    """ASGI middleware that does a POST with a key once. It belongs behind whatever checks who may ask."""

    def __init__(self, app: ASGIApp, database: Database) -> None:
        self._app = app
        self._database = database

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer it as it was answered before."""
        headers = Headers(scope=scope) if scope["type"] == "http" and scope["method"] == "POST" else None
        key = None if headers is None else headers.get("idempotency-key")
        if headers is None or key is None:
            await self._app(scope, receive, send)
            return
        if not 0 < len(key) <= LONGEST_KEY:
            refusal = problem(400, f"an Idempotency-Key has 1 to {LONGEST_KEY} characters; send another")
            await refusal(scope, receive, send)
            return
        name = _name(scope, headers, key)
        try:
            before = await run_in_threadpool(self._begin, name)
        except TransientError as error:
            await problem_of(error)(scope, receive, send)
            return
        body = _Body(receive)
        if before is None:
            await self._do(name, scope, body, send)
        else:
            await body.read_to_end()
            await _answer_again(before, body.fingerprint())(scope, receive, send)

    async def _do(self, name: bytes, scope: Scope, body: "_Body", send: Send) -> None:
        sent: list[Message] = []

        async def hold(message: Message) -> None:
            sent.append(message)

        await self._app(scope, body.receive, hold)
        status = sent[0]["status"] if sent else 500
        if status < 400:
            await body.read_to_end()
        answer = _given(sent, body.fingerprint())
        if 400 <= status < 500 or status == 503 or len(answer.body) > LONGEST_ANSWER:
            await run_in_threadpool(self._withdraw, name)
        elif status < 400 and not _is_secret(sent):
            await run_in_threadpool(self._keep, name, answer)
        for message in sent:
            await send(message)

    def _begin(self, name: bytes) -> Given | None:
        with self._database.unit_of_work() as session:
            return answers.begin(session, name, utc_now())

    def _keep(self, name: bytes, given: Given) -> None:
        with self._database.unit_of_work() as session:
            answers.keep(session, name, given)

    def _withdraw(self, name: bytes) -> None:
        with self._database.unit_of_work() as session:
            answers.withdraw(session, name)


class _Body:
    """The body of a request on its way in, and what tells it from others."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._hash = hashlib.sha256()
        self._is_whole = False

    async def receive(self) -> Message:
        message = await self._receive()
        if not self._is_whole:
            self._hash.update(message.get("body", b""))
            self._is_whole = not message.get("more_body", False)
        return message

    async def read_to_end(self) -> None:
        while not self._is_whole:
            await self.receive()

    def fingerprint(self) -> bytes:
        return self._hash.digest()


def _name(scope: Scope, headers: Headers, key: str) -> bytes:
    """Return what tells a request from others: who asks, what for, and by which key."""
    who = (headers.get("authorization", ""), headers.get("cookie", ""))
    parts = (*who, scope["path"], scope.get("query_string", b"").decode("latin-1"), key)
    return hashlib.sha256("\n".join(parts).encode()).digest()


def _given(sent: list[Message], fingerprint: bytes) -> Given:
    start: Message = sent[0] if sent else {"status": 500, "headers": []}
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    body = b"".join(message.get("body", b"") for message in sent[1:])
    kept = {name: headers[name] for name in _KEPT_HEADERS if name in headers}
    return Given(start["status"], fingerprint, kept, body)


def _is_secret(sent: list[Message]) -> bool:
    headers = Headers(raw=sent[0]["headers"] if sent else [])
    return "no-store" in headers.get("cache-control", "")


def _answer_again(given: Given, fingerprint: bytes) -> Response:
    if given.status is None:
        sentence = (
            "a request with this key is being answered, or was broken off; look whether it was done, and only if it"
            " was not send it with another key"
        )
        return problem(409, sentence, headers=retry_after(timedelta(seconds=5)))
    if given.fingerprint != fingerprint:
        return problem(422, "this Idempotency-Key was used for another request; use a new one for each")
    return Response(given.body, given.status, headers={**given.headers, "Idempotency-Replayed": "true"})
