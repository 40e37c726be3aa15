"""The process that decodes images: `Decoder` starts it, writes to its standard input and reads its standard output.

It can do nothing else. Before it reads the first byte of an image it gives up the right to open any file or socket, to
write to a file, and to take more memory or processor time than it was told; so whatever a damaged image makes of it, it
can only answer wrongly, or end.
"""

import argparse
import os
import resource
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from io import BytesIO
from math import ceil
from pathlib import Path
from typing import BinaryIO, NoReturn

from PIL import Image

from triage.errors import InvalidImage
from triage.images.decoding import decode_here
from triage.images.faults import Fault
from triage.images.fit import FITS, Fit
from triage.images.formats import FORMATS
from triage.images.frames import FAULT, HEAD, LENGTH, PIXELS, READY, SHAPE, TAKEN

_PAGE_BYTES = resource.getpagesize()


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Decode images until standard input ends."""
    parser = argparse.ArgumentParser(prog="python -m triage.images.child")
    parser.add_argument("--side", type=int, required=True)
    parser.add_argument("--fit", choices=FITS, required=True)
    parser.add_argument("--seconds", type=float, required=True)
    parser.add_argument("--memory", type=int, required=True)
    told = parser.parse_args(arguments)
    _warm_up(told.side, told.fit)
    _give_up_rights(told.memory)
    with suppress(BrokenPipeError):
        _serve(sys.stdin.buffer, sys.stdout.buffer, told.side, told.fit, told.seconds)
    # Nothing is left to be written, and to free what images left behind takes time.
    os._exit(0)


def _serve(images: BinaryIO, answers: BinaryIO, side: int, fit: Fit, seconds: float) -> None:
    _answer(answers, READY)
    while len(length := images.read(LENGTH.size)) == LENGTH.size:
        data = images.read(*LENGTH.unpack(length))
        _answer(answers, TAKEN)
        _allow_processor_time(seconds)
        try:
            decoded = decode_here(data, side, fit)
        except InvalidImage as error:
            _answer(answers, FAULT, Fault(str(error)).name.encode())
        else:
            shape = SHAPE.pack(decoded.width, decoded.height, FORMATS.index(decoded.format))
            _answer(answers, PIXELS, shape + decoded.pixels.tobytes())


def _answer(answers: BinaryIO, kind: bytes, content: bytes = b"") -> None:
    answers.write(HEAD.pack(kind, len(content)) + content)
    answers.flush()


def _warm_up(side: int, fit: Fit) -> None:
    """Decode an image of every format: it proves that this Pillow can, and imports what it puts off till then."""
    for name in FORMATS:
        file = BytesIO()
        Image.new("RGB", (4, 4)).save(file, name)
        decode_here(file.getvalue(), side, fit)


def _give_up_rights(memory_bytes: int) -> None:
    if (own := _address_space()) is not None:
        _limit(resource.RLIMIT_AS, own + memory_bytes)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    # Only what is open already stays so: the pipes.
    _limit(resource.RLIMIT_NOFILE, 3)


def _allow_processor_time(seconds: float) -> None:
    """Let the next image take so much; the kernel ends us when it takes more."""
    soft = ceil(time.process_time() + seconds) + 1
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.getrlimit(resource.RLIMIT_CPU)[1]))


def _address_space() -> int | None:
    """Return the bytes of our address space; `None` where the system does not tell; that limits none either (macOS)."""
    statm = Path("/proc/self/statm")
    return int(statm.read_text().split()[0]) * _PAGE_BYTES if statm.exists() else None


def _limit(what: int, most: int) -> None:
    # A system that knows no such limit, or allows less already, is no reason to decode nothing.
    with suppress(ValueError, OSError):
        resource.setrlimit(what, (most, most))


if __name__ == "__main__":
    main()
