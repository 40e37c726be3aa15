"""Cuts off uploads that come too slowly, so that nobody holds a connection and its memory for ever."""

import asyncio
from time import monotonic

from fastapi import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

PATIENCE_SECONDS = 30.0
# Slower than any line that mail is sent over.
LEAST_BYTES_PER_SECOND = 4096


class SlowUploads:
    """ASGI middleware that waits for a body as long as it comes fast enough; else 408.

    Only waiting counts, and not what we do with what has come: a body is let come in as slowly as we take it.
    """

    def __init__(self, app: ASGIApp, patience: float = PATIENCE_SECONDS) -> None:
        self._app = app
        self._patience = patience

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, with what it receives watched."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        waited, size, is_whole = 0.0, 0, False

        async def receive_in_time() -> Message:
            nonlocal waited, size, is_whole
            if is_whole:  # what is left to be received is that the client goes, which may take its time
                return await receive()
            began = monotonic()
            left = self._patience + size / LEAST_BYTES_PER_SECOND - waited
            try:
                async with asyncio.timeout(max(left, 0)):
                    message = await receive()
            except TimeoutError:
                sentence = "this comes in too slowly; send it in smaller parts or over a faster line"
                raise HTTPException(408, sentence, headers={"Connection": "close"}) from None
            waited += monotonic() - began
            size += len(message.get("body", b""))
            is_whole = message["type"] != "http.request" or not message.get("more_body", False)
            return message

        await self._app(scope, receive_in_time, send)
