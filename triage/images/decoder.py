"""Decodes images from strangers in a process of its own, which an image may slow down, fill or kill; we go on.

An image is at fault only for what happened after the child had it in hand. A child that was killed or stopped between
two images is replaced without anybody's noticing, and one that dies over an image is given it once more by its
successor, since the kernel may have killed it for another's hunger.
"""

import os
import signal
import subprocess
import sys
from contextlib import suppress
from datetime import timedelta
from threading import Lock
from types import TracebackType
from typing import Self

import numpy as np

from triage.errors import DecoderUnavailable, InvalidImage
from triage.images.decoded import Decoded
from triage.images.faults import Fault
from triage.images.fit import Fit
from triage.images.formats import FORMATS
from triage.images.frames import FAULT, HEAD, LENGTH, PIXELS, READY, SHAPE, TAKEN
from triage.images.pipes import Ended, Late, Patience, Pipes

__all__ = ["Decoded", "Decoder"]

TIME_LIMIT = timedelta(seconds=10)
MEMORY_LIMIT_BYTES = 1 << 30
_START_SECONDS = 30.0
# An image is not to blame for the time until the child has it.
_TAKES_WITHIN_SECONDS = 5.0
# What libraries leave behind in memory goes with the child.
_IMAGES_TO_A_CHILD = 1000
# Secrets of ours are in the environment; the child gets what Python needs to find itself and its libraries.
_ENVIRONMENT = ("PATH", "PYTHONPATH", "PYTHONHOME", "LD_LIBRARY_PATH", "LANG", "LC_ALL", "TMPDIR")


class Decoder:
    """Decodes one image at a time; threads that share it wait for each other. The child starts with the first image.

    Args:
        side: Pixels of the square that images become.
        fit: How they become it.
        time_limit: Longest that one may take.
        memory_limit: Most bytes that decoding one may take, beyond what the child has from the start; 50 million
            pixels fit into the default.
    """

    def __init__(
        self,
        side: int,
        fit: Fit,
        time_limit: timedelta = TIME_LIMIT,
        memory_limit: int = MEMORY_LIMIT_BYTES,
    ) -> None:
        self._side, self._fit = side, fit
        self._seconds, self._memory = time_limit.total_seconds(), memory_limit
        self._child: _Child | None = None
        self._lock = Lock()

    def decode(self, data: bytes) -> Decoded:
        """Decode an image, within its limits of time and memory.

        Raises:
            InvalidImage: The image cannot be decoded; the sentence is the same for the same cause.
            DecoderUnavailable: There is no process that would decode it.
        """
        with self._lock:
            for is_last in (False, True):
                child = self._ready_child()
                try:
                    return child.decode(data)
                except InvalidImage:
                    if child.is_done:
                        self._dismiss()
                    raise
                except _NotTaken as error:
                    self._dismiss()
                    if is_last:
                        raise DecoderUnavailable(
                            "the process that decodes images took none; is there enough memory?"
                        ) from error
                except _Died as error:
                    self._dismiss()
                    if is_last:
                        raise InvalidImage(Fault.STOPPED) from error
        raise AssertionError  # the second try returned or raised

    def close(self) -> None:
        """End the child; the next image starts another."""
        with self._lock:
            self._dismiss()

    @property
    def pid(self) -> int | None:
        """Process id of the child, `None` before the first image."""
        return self._child.pid if self._child else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _ready_child(self) -> "_Child":
        if self._child is not None and self._child.is_done:
            self._dismiss()
        if self._child is None:
            self._child = _Child(self._side, self._fit, self._seconds, self._memory)
        return self._child

    def _dismiss(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


class _NotTaken(Exception):
    """The child did not take the image in hand."""


class _Died(Exception):
    """The child died over the image."""


class _Child:
    """One run of the process that decodes."""

    def __init__(self, side: int, fit: Fit, seconds: float, memory: int) -> None:
        self._side, self._seconds, self._left = side, seconds, _IMAGES_TO_A_CHILD
        command = [sys.executable, "-P", "-m", "triage.images.child"]
        command += [f"--side={side}", f"--fit={fit}", f"--seconds={seconds}", f"--memory={memory}"]
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        try:
            self._process = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                # Libraries of C print what they think of an image, which would stand between the lines of our log.
                stderr=subprocess.DEVNULL,
                bufsize=0,
                # A thread of numpy's would take address space that images need.
                env=environment | {"OPENBLAS_NUM_THREADS": "1"},
            )
        except OSError as error:
            raise DecoderUnavailable(f"the process that decodes images cannot be started ({error.strerror})") from error
        self._pipes = Pipes(self._process)
        self._await_ready()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_done(self) -> bool:
        """Whether another child should take the next image."""
        return self._left <= 0 or self._process.poll() is not None

    def decode(self, data: bytes) -> Decoded:
        self._left -= 1
        self._hand_over(data)
        patience = Patience(self._seconds)
        try:
            kind, content = self._answer(patience)
        except Late as error:
            self.kill()
            raise InvalidImage(Fault.TOO_SLOW) from error
        except Ended as error:
            self._process.wait()
            if self._process.returncode == -signal.SIGXCPU:
                raise InvalidImage(Fault.TOO_SLOW) from error
            raise _Died from error
        if kind == FAULT:
            raise InvalidImage(_fault_named(content))
        return self._decoded(content)

    def kill(self) -> None:
        """End it; may be repeated."""
        self._process.kill()
        self._process.wait()
        for stream in (self._process.stdin, self._process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()

    def _await_ready(self) -> None:
        try:
            kind, _ = self._answer(Patience(_START_SECONDS))
        except (Late, Ended, _Died) as error:
            self.kill()
            raise DecoderUnavailable(
                "the process that decodes images does not start; `python -m triage.images.child` with"
                f" --side={self._side} --fit=pad --seconds=10 --memory={MEMORY_LIMIT_BYTES} says why"
            ) from error
        if kind != READY:
            raise AssertionError(kind)

    def _hand_over(self, data: bytes) -> None:
        patience = Patience(_TAKES_WITHIN_SECONDS)
        try:
            self._pipes.send(LENGTH.pack(len(data)), patience)
            self._pipes.send(data, patience)
            kind, _ = self._answer(patience)
        except (Late, Ended) as error:
            raise _NotTaken from error
        if kind != TAKEN:
            raise _Died

    def _answer(self, patience: Patience) -> tuple[bytes, bytes]:
        """Receive a frame; what no child of ours would say counts as its death."""
        kind, size = HEAD.unpack(self._pipes.receive(HEAD.size, patience))
        if kind not in (READY, TAKEN, FAULT, PIXELS) or size > SHAPE.size + self._pixel_bytes:
            raise _Died
        return kind, self._pipes.receive(size, patience)

    @property
    def _pixel_bytes(self) -> int:
        return 3 * self._side * self._side

    def _decoded(self, content: bytes) -> Decoded:
        if len(content) != SHAPE.size + self._pixel_bytes:
            raise _Died
        width, height, place = SHAPE.unpack_from(content)
        if place >= len(FORMATS):
            raise _Died
        pixels = np.frombuffer(content, np.uint8, offset=SHAPE.size).reshape(self._side, self._side, 3)
        return Decoded(pixels, FORMATS[place], width, height)


def _fault_named(content: bytes) -> Fault:
    try:
        return Fault[content.decode("ascii")]
    except (KeyError, UnicodeDecodeError) as error:
        raise _Died from error
