"""Both ends of a child's standard streams, read and written with a deadline, whatever the child does."""

import os
import selectors
import subprocess
from time import monotonic
from typing import IO

_CHUNK = 1 << 20


class Late(Exception):
    """The child did not read or answer in time."""


class Ended(Exception):
    """The child closed its end: it has died."""


class Pipes:
    """The pipes of one child."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._input, self._output = _descriptor(process.stdin), _descriptor(process.stdout)
        os.set_blocking(self._input, False)

    def send(self, data: bytes, deadline: float) -> None:
        """Write all of `data`.

        Args:
            data: What to write.
            deadline: On the monotonic clock.

        Raises:
            Late: The child does not read it.
            Ended: The child has died.
        """
        left = memoryview(data)
        while left:
            self._wait(self._input, selectors.EVENT_WRITE, deadline)
            try:
                left = left[os.write(self._input, left[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Ended from error

    def receive(self, size: int, deadline: float) -> bytes:
        """Read exactly `size` bytes; raises as `send` does."""
        received = bytearray()
        while len(received) < size:
            self._wait(self._output, selectors.EVENT_READ, deadline)
            part = os.read(self._output, min(size - len(received), _CHUNK))
            if not part:
                raise Ended
            received += part
        return bytes(received)

    @staticmethod
    def _wait(descriptor: int, event: int, deadline: float) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            if not selector.select(max(0.0, deadline - monotonic())):
                raise Late


def _descriptor(stream: IO[bytes] | None) -> int:
    assert stream is not None  # noqa: S101 (it was asked for)
    return stream.fileno()
