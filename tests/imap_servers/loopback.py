"""A server of ours on loopback, which runs in a thread beside the test."""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Self

from tests.ports import free_port

# The longest line that is read; mail travels in literals, which are no lines.
LONGEST_LINE_BYTES = 2**26


class LoopbackServer:
    """Accepts connections and converses on each; a subclass says how.

    A context manager that starts it and ends it with all its connections. Its methods are for the test's thread.

    Attributes:
        host: Where it listens.
        port: Where it listens, before and after it refused.
        connections: How many it has accepted so far.
    """

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_port()
        self.connections = 0
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name=type(self).__name__, daemon=True)
        self._server: asyncio.Server | None = None
        self._conversations: set[asyncio.Task[None]] = set()

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk on one connection, which is closed when this returns."""
        raise NotImplementedError

    def refuse(self) -> None:
        """Refuse new connections; those that are open stay."""
        self._do(self._refuse)

    def accept(self) -> None:
        """Accept new connections, on the same port as before."""
        self._do(self._accept)

    def drop(self) -> None:
        """Close every connection that is open."""
        self._do(self._drop)

    def __enter__(self) -> Self:
        self._thread.start()
        self.accept()
        return self

    def __exit__(self, *_: object) -> None:
        self.refuse()
        self.drop()
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _do(self, what: Callable) -> None:
        asyncio.run_coroutine_threadsafe(what(), self._loop).result()

    async def _accept(self) -> None:
        self._server = await asyncio.start_server(self._welcome, self.host, self.port, limit=LONGEST_LINE_BYTES)

    async def _refuse(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _drop(self) -> None:
        for conversation in list(self._conversations):
            conversation.cancel()
        await asyncio.gather(*self._conversations, return_exceptions=True)

    async def _welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        # A task of our own: a cancelled task of asyncio's own would be reported as an error.
        conversation = asyncio.create_task(self._converse(reader, writer))
        self._conversations.add(conversation)
        conversation.add_done_callback(self._conversations.discard)

    async def _converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            with suppress(ConnectionError, asyncio.IncompleteReadError):
                await self.converse(reader, writer)
        finally:
            writer.close()
