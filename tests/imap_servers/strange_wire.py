"""How a strange server reads commands and writes lines."""

import asyncio
import re

from tests.imap_servers.commands import literal_after

_WORD = re.compile(r'"((?:[^"\\]|\\.)*)"|(\S+)')


class Wire:
    """The two ends of a connection at the server."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    async def line(self) -> bytes:
        """Return the next command, with a literal in it as a quoted string; empty when the client has left."""
        line = await self._reader.readline()
        while literal := literal_after(line):
            if literal.waits:
                self.send(b"+ go on")
            text = await self._reader.readexactly(literal.size_bytes)
            line = line[: line.rindex(b"{")] + quoted(text) + await self._reader.readline()
        return line

    def send(self, line: bytes) -> None:
        """Send a line."""
        self.send_unended(line + b"\r\n")

    def send_unended(self, some: bytes) -> None:
        """Send lines, or a part of one, as they are."""
        self._writer.write(some)

    async def drain(self) -> None:
        """Wait until the client has read most of what was sent."""
        await self._writer.drain()


def quoted(text: bytes) -> bytes:
    """Return a quoted string (RFC 3501 §4.3), even of bytes that may not stand in one."""
    return b'"' + text.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def first_word(arguments: str) -> bytes:
    """Return the first of a command's arguments, without its quotes."""
    return next(iter(words(arguments)), b"")


def words(arguments: str) -> list[bytes]:
    """Return the arguments of a command, without their quotes."""
    return [_unquoted(found) for found in _WORD.finditer(arguments)]


def _unquoted(found: re.Match[str]) -> bytes:
    word = re.sub(r"\\(.)", r"\1", found[1]) if found[1] is not None else found[2]
    return word.encode("utf-8", "surrogateescape")
