"""What a training owes to the machine: room for others, an end before memory runs out, and a word of how far it is."""

import ctypes
import gc
import json
import os
import resource
import sys
import threading
from contextlib import suppress
from pathlib import Path

OUT_OF_MEMORY = 75  # exit code
_LOOKS_EVERY_SECONDS = 0.2
_RSS_UNIT = 1 if sys.platform == "darwin" else 1024


class Sign:
    """Says in a file what is done, how much of the work lies behind and, at the end, what went wrong."""

    def __init__(self, file: Path | None) -> None:
        self._file = file
        self._told: dict[str, object] = {}

    def __call__(self, stage: str, share: float) -> None:
        """Say what is done now."""
        self._write(stage=stage, progress=round(share, 3))

    def say(self, problem: str) -> None:
        """Say why there will be no model."""
        self._write(problem=problem)

    def _write(self, **told: object) -> None:
        self._told |= told
        if self._file is None:
            return
        # Whoever reads it meanwhile must find the whole of one or the other.
        beside = self._file.with_name(f"{self._file.name}.new")
        beside.write_text(json.dumps(self._told), encoding="utf-8")
        beside.replace(self._file)


def give_way() -> None:
    """Where memory runs out, let the kernel end this process before any that reads mail."""
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")


def give_memory_back() -> None:
    """Let go of what nobody holds any more, before more is taken."""
    gc.collect()  # what TensorFlow compiled is full of cycles
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)  # glibc would keep it; other libraries have no such function


def peak_bytes() -> int:
    """Return the most memory that this process has held."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _RSS_UNIT


def watch_memory(limit_bytes: int, sign: Sign) -> None:
    """End this process as soon as it holds more than the limit; 0 is no limit."""
    if limit_bytes:
        threading.Thread(target=_watch, args=(limit_bytes, sign), name="memory", daemon=True).start()


def _watch(limit_bytes: int, sign: Sign) -> None:
    pause = threading.Event()
    while peak_bytes() <= limit_bytes:
        pause.wait(_LOOKS_EVERY_SECONDS)
    with suppress(OSError):
        sign.say(
            f"training held more than {limit_bytes / 1e6:,.0f} MB of memory, which is its limit;"
            " raise TRIAGE_TRAINING_MEMORY where the machine has more"
        )
    os._exit(OUT_OF_MEMORY)
