"""A stream whose beginning was looked at."""

from io import BytesIO
from typing import BinaryIO, Protocol


class Lines(Protocol):
    """What is asked of a stream: bytes and lines, up to a size."""

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes; none at the end."""

    def readline(self, size: int, /) -> bytes:
        """Return the next line, or so many bytes of it; none at the end."""


class Rejoined:
    """A beginning that was read already, and the rest of its stream, as one stream."""

    def __init__(self, beginning: bytes, rest: BinaryIO) -> None:
        self._beginning = BytesIO(beginning)
        self._rest = rest

    def read(self, size: int, /) -> bytes:
        """Return up to so many bytes; none at the end."""
        read = self._beginning.read(size)
        return read + self._rest.read(size - len(read))

    def readline(self, size: int, /) -> bytes:
        """Return the next line, or so many bytes of it; none at the end."""
        line = self._beginning.readline(size)
        return line if line.endswith(b"\n") else line + self._rest.readline(size - len(line))
