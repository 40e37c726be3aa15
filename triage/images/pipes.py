"""Both ends of a child's standard streams, read and written in bounded time, whatever the child does."""

import os
import selectors
import subprocess
from time import monotonic
from typing import IO

_CHUNK = 1 << 20
_STEP_SECONDS = 0.25


class Late(Exception):
    """The child did not read or answer in time."""


class Ended(Exception):
    """The child closed its end: it has died."""


class Patience:
    """How long we wait for a child, all in all.

    Only time in which we could have waited counts: when we, and the child with us, are stopped for an hour and go on,
    the image that was in hand is not late.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds

    def wait(self, descriptor: int, event: int) -> None:
        """Return when a descriptor can be read from or written to.

        Raises:
            Late: Nothing is left to wait with.
        """
        with selectors.DefaultSelector() as selector:
            selector.register(descriptor, event)
            while True:
                step, began = min(self._left, _STEP_SECONDS), monotonic()
                is_ready = bool(selector.select(step))
                self._left -= min(step, monotonic() - began)
                if is_ready:
                    return
                if self._left <= 0:
                    raise Late


class Pipes:
    """The pipes of one child."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._input, self._output = _descriptor(process.stdin), _descriptor(process.stdout)
        os.set_blocking(self._input, False)

    def send(self, data: bytes, patience: Patience) -> None:
        """Write all of `data`.

        Raises:
            Late: The child does not read it.
            Ended: The child has died.
        """
        left = memoryview(data)
        while left:
            patience.wait(self._input, selectors.EVENT_WRITE)
            try:
                left = left[os.write(self._input, left[:_CHUNK]) :]
            except BlockingIOError:
                continue
            except OSError as error:
                raise Ended from error

    def receive(self, size: int, patience: Patience) -> bytes:
        """Read exactly `size` bytes; raises as `send` does."""
        received = bytearray()
        while len(received) < size:
            patience.wait(self._output, selectors.EVENT_READ)
            part = os.read(self._output, min(size - len(received), _CHUNK))
            if not part:
                raise Ended
            received += part
        return bytes(received)


def _descriptor(stream: IO[bytes] | None) -> int:
    assert stream is not None  # noqa: S101 (it was asked for)
    return stream.fileno()
