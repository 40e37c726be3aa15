"""One connection through the proxy."""

import asyncio

from tests.imap_servers.answers import says_goodbye, tagged
from tests.imap_servers.commands import command_of, literal_after
from tests.imap_servers.faults import Faults
from tests.imap_servers.loopback import LONGEST_LINE_BYTES
from tests.imap_servers.record import Record

_CHUNK_BYTES = 2**16


class Proxied:
    """A client's connection and the one to the server that belongs to it."""

    def __init__(
        self, number: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, record: Record, faults: Faults
    ) -> None:
        self._number, self._client, self._to_client = number, reader, writer
        self._record, self._faults = record, faults
        self._is_lost = False  # something was swallowed, so that the two do not understand each other any more
        self._is_last_answer = False
        self._is_within_command = False
        self._is_asked = False

    async def run(self, host: str, port: int) -> None:
        """Pass on both ways until one side closes; when it fell silent, until the client does."""
        server, to_server = await asyncio.open_connection(host, port, limit=LONGEST_LINE_BYTES)
        listening = asyncio.create_task(self._listen(to_server))
        answering = asyncio.create_task(self._pass_on(server))
        try:
            await asyncio.wait((listening, answering), return_when=asyncio.FIRST_COMPLETED)
            if self._is_silent():
                await listening
        finally:
            listening.cancel()
            answering.cancel()
            await asyncio.gather(listening, answering, return_exceptions=True)
            to_server.close()

    def _is_silent(self) -> bool:
        self._is_lost = self._is_lost or self._faults.is_silent
        return self._is_lost

    async def _listen(self, to_server: asyncio.StreamWriter) -> None:
        while line := await self._client.readline():
            answer = self._hear(line)
            if answer is None:
                self._send(to_server, line)
            elif not self._is_silent() and not self._say(line, answer):
                return
            await self._literal_of_client(line, to_server, is_answered=answer is not None)

    def _hear(self, line: bytes) -> bytes | None:
        """Record a command and return what it is answered with, `None` when the server is to answer."""
        self._record.bytes_from_client += len(line)
        is_response, self._is_asked = self._is_asked and line.strip().upper() != b"DONE", False
        is_rest, self._is_within_command = self._is_within_command, literal_after(line) is not None
        if is_rest or is_response or not line.strip():
            return None
        command = command_of(line, self._number)
        self._is_last_answer = self._is_last_answer or self._faults.silence_begins(command.name)
        answer = self._faults.answer_to(command.name)
        self._record.add(command)
        return answer

    def _say(self, line: bytes, answer: bytes) -> bool:
        """Answer a command in the server's place, and say whether the connection goes on."""
        self._to_client.write(tagged(answer, line.split()[0].decode()))
        self._is_within_command = False
        return not says_goodbye(answer)

    async def _literal_of_client(self, line: bytes, to_server: asyncio.StreamWriter, *, is_answered: bool) -> None:
        literal = literal_after(line)
        if literal is None or (is_answered and literal.waits):
            return
        left = literal.size_bytes
        while left and (chunk := await self._client.read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
            self._record.bytes_from_client += len(chunk)
            if not is_answered:
                self._send(to_server, chunk)

    async def _pass_on(self, server: asyncio.StreamReader) -> None:
        while line := await server.readline():
            self._record.bytes_from_server += len(line)
            if self._faults.delay_seconds:
                await asyncio.sleep(self._faults.delay_seconds)
            self._is_asked = line.startswith(b"+")
            self._send(self._to_client, line)
            if not await self._literal_of_server(line, server):
                return
            self._is_lost = self._is_lost or self._is_last_answer

    async def _literal_of_server(self, line: bytes, server: asyncio.StreamReader) -> bool:
        """Pass on a literal, and say whether the connection goes on."""
        literal = literal_after(line)
        if literal is None:
            return True
        cut = self._faults.cut_of(literal.size_bytes)
        left = literal.size_bytes if cut is None else cut
        while left and (chunk := await server.read(min(left, _CHUNK_BYTES))):
            left -= len(chunk)
            self._record.bytes_from_server += len(chunk)
            self._send(self._to_client, chunk)
            await self._to_client.drain()
        return cut is None

    def _send(self, to: asyncio.StreamWriter, what: bytes) -> None:
        if not self._is_silent():
            to.write(what)
