"""Reading request bodies within bounds."""

from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

from fastapi import HTTPException, Request, Response
from fastapi.routing import APIRoute

from triage.api.access import needed_by
from triage.mail.bounds import MAX_MESSAGE_BYTES

# The largest message in JSON, its attachments in base64.
LARGEST_JSON_BYTES = MAX_MESSAGE_BYTES * 7 // 5
# Of a body that FastAPI reads for us: a thousand texts of what the model looks at, or a few long ones.
LARGEST_BODY_BYTES = 16 * 2**20


class BoundedRequest(Request):
    """A request whose body is read within a bound."""

    async def body(self) -> bytes:
        """Return the whole body.

        Raises:
            HTTPException: 413 as soon as it exceeds the bound.
        """
        if not hasattr(self, "_body"):
            self._body = await read_body(self, LARGEST_BODY_BYTES)
        return self._body


class BoundedRoute(APIRoute):
    """A route whose body is read within a bound, and not before it is known that whoever sent it may."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which sees bounded requests."""
        handle, need = super().get_route_handler(), needed_by(self)

        async def handle_bounded(request: Request) -> Response:
            if need is not None:
                await need(request)
            return await handle(BoundedRequest(request.scope, request.receive))

        return handle_bounded


def media_type(request: Request) -> str:
    """Return the type of the body without parameters, lower case; empty when none is given."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


async def read_body(request: Request, largest: int) -> bytes:
    """Return the whole body.

    Raises:
        HTTPException: 413 as soon as it exceeds the bound, whatever Content-Length says.
    """
    _refuse_if_longer(int(request.headers.get("content-length") or 0), largest)
    chunks, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        _refuse_if_longer(size, largest)
        chunks.append(chunk)
    return b"".join(chunks)


async def read_lines(request: Request, largest: int) -> AsyncIterator[bytes]:
    """Yield the lines of a body as they come in, blank ones left out.

    Raises:
        HTTPException: 413 when one line exceeds the bound.
    """
    parts: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        *ended, rest = chunk.split(b"\n")
        for end in ended:
            line = b"".join([*parts, end])
            parts, size = [], 0
            if line.strip():
                _refuse_if_longer(len(line), largest)
                yield line
        parts.append(rest)
        size += len(rest)
        _refuse_if_longer(size, largest)
    if (line := b"".join(parts)).strip():
        yield line


def _refuse_if_longer(size: int, largest: int) -> None:
    if size > largest:
        raise HTTPException(
            413, f"this is larger than {largest // 2**20} MB; leave out the largest attachments, or send it in parts"
        )
