"""Tells pages that are open when something changed, by server-sent events.

However many pages are open, a process asks the database once a second, and not at all when nobody listens. An event
says only that something changed: each page then asks for what it shows. A stream ends by itself after some minutes, and
browsers come back by themselves.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from contextvars import Context

from fastapi import APIRouter, Request
from fastapi.responses import StreamingResponse
from starlette.concurrency import run_in_threadpool

from triage.api.access import READ, known_access
from triage.api.services import Services, ServicesDep
from triage.errors import TransientError
from triage.storage.changes import fingerprint

router = APIRouter(include_in_schema=False)

POLL_SECONDS = 1.0
# Below the time after which proxies give up on a connection that says nothing.
SILENCE_SECONDS = 20.0
LONGEST_SECONDS = 600.0
CHANGED, NOTHING, BEGIN = "event: changed\ndata:\n\n", ": nothing new\n\n", "retry: 3000\n\n"


class Changes:
    """Watches the database while somebody listens."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._listeners: set[asyncio.Event] = set()
        self._watcher: asyncio.Task[None] | None = None

    async def listen(self) -> AsyncIterator[str]:
        """Yield what a stream of events says, until it has lived long enough."""
        changed, loop = asyncio.Event(), asyncio.get_running_loop()
        self._listeners.add(changed)
        if self._watcher is None or self._watcher.done():
            # It outlives whoever listens first, and is not of their request.
            self._watcher = asyncio.create_task(self._watch(), context=Context())
        ends = loop.time() + LONGEST_SECONDS
        try:
            yield BEGIN
            while loop.time() < ends:
                with suppress(TimeoutError):
                    await asyncio.wait_for(changed.wait(), SILENCE_SECONDS)
                yield CHANGED if changed.is_set() else NOTHING
                changed.clear()
        finally:
            self._listeners.discard(changed)

    async def _watch(self) -> None:
        seen: int | None = None
        while self._listeners:
            # While the database is away nothing changes that could be shown.
            with suppress(TransientError):
                now = await run_in_threadpool(self._fingerprint)
                if seen is not None and now != seen:
                    for listener in self._listeners:
                        listener.set()
                seen = now
            await asyncio.sleep(POLL_SECONDS)

    def _fingerprint(self) -> int:
        with self._services.database.reading() as session:
            return fingerprint(session)


@router.get("/events", dependencies=[READ])
async def events(request: Request, services: ServicesDep) -> StreamingResponse:
    """Say `changed` whenever mail came, was read, labelled, moved or done."""
    access, state = known_access(request), request.app.state
    if not hasattr(state, "changes"):
        state.changes = {}
    # One that watches for each set of mailboxes: what is out of reach must not even be felt.
    watching: dict[frozenset[str] | None, Changes] = state.changes
    changes = watching.setdefault(access.mailboxes if access else None, Changes(services))
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(changes.listen(), media_type="text/event-stream", headers=headers)
