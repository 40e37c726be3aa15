"""The process that trains: niced, bounded in memory, and on a leash, so that it ends no later than its worker.

It is another process because TensorFlow stays in it, and because what it held is given back whole when it ends.
"""

import json
import os
import signal
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from time import monotonic
from typing import Any

from triage.embedded.process import Child, Process

NICENESS = 10
_LOOKS_EVERY_SECONDS = 0.5
_TENSORFLOW = {"TF_CPP_MIN_LOG_LEVEL": "3", "TF_ENABLE_ONEDNN_OPTS": "0"}


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a training may take.

    Attributes:
        memory_bytes: Most that the process may hold; 0 for any number.
        time: Longest that it may run.
    """

    threads: int
    memory_bytes: int
    time: timedelta


@dataclass(frozen=True, slots=True)
class Work:
    """The files of one training, all in one folder.

    Attributes:
        active: Bundle that the candidate is compared with.
        is_fast: The active bundle is read with without its deep stage.
        mailbox_id: Whose labels they are; the version is made from it as well.
    """

    folder: Path
    active: Path
    is_fast: bool
    topics: Sequence[str] = field(default=())
    mailbox_id: int | None = None

    @property
    def learned(self) -> Path:
        """Mail to learn from."""
        return self.folder / "learned.jsonl"

    @property
    def held_out(self) -> Path:
        """Mail to be judged by."""
        return self.folder / "held-out.jsonl"

    @property
    def bundle(self) -> Path:
        """The candidate."""
        return self.folder / "bundle"

    @property
    def curve(self) -> Path:
        """What earlier trainings came to."""
        return self.folder / "curve.json"

    @property
    def page(self) -> str | None:
        """The report as HTML, where it could be drawn."""
        try:
            return (self.folder / "page.html").read_text(encoding="utf-8")
        except FileNotFoundError:
            return None

    @property
    def report(self) -> dict[str, Any]:
        """What the process found out."""
        told: dict[str, Any] = json.loads((self.folder / "report.json").read_text(encoding="utf-8"))
        return told

    def told(self) -> dict[str, Any]:
        """Return what it says meanwhile: `stage` and `progress`, `problem` if it fails; empty at first."""
        try:
            told: dict[str, Any] = json.loads((self.folder / "progress.json").read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        return told

    def command(self, bounds: Bounds) -> list[str]:
        """Return what trains it."""
        return [
            *("nice", "-n", str(NICENESS), sys.executable, "-P", "-m", "training", "mailbox"),
            *(f"--examples={self.learned}", f"--held-out={self.held_out}", f"--active={self.active}"),
            *(f"--output={self.bundle}", f"--report={self.folder / 'report.json'}"),
            *(f"--curve={self.curve}", f"--page={self.folder / 'page.html'}"),
            *(f"--progress={self.folder / 'progress.json'}", f"--threads={bounds.threads}"),
            *(f"--memory={bounds.memory_bytes}", *["--fast"] * self.is_fast),
            *(f"--topic={topic}" for topic in self.topics),
            *([] if self.mailbox_id is None else [f"--mailbox={self.mailbox_id}"]),
        ]


class TookTooLong(Exception):
    """The process did not end in time."""


class LeftOff(Exception):
    """Whoever watches it said that it should not go on."""


def run(work: Work, bounds: Bounds, goes_on: Callable[[dict[str, Any]], bool]) -> int:
    """Train; return the exit code, negative for a signal.

    Args:
        work: What to train.
        bounds: What it may take.
        goes_on: Called about twice a second with what the process says; false ends it.

    Raises:
        LeftOff: `goes_on` said so.
        TookTooLong: It was ended because its time was over.
    """
    # Read by the C++ parts of TensorFlow when they are loaded: errors only, and the kernels that workers read mail
    # with, which take a hundred megabytes less.
    told = {name: os.environ.get(name, usual) for name, usual in _TENSORFLOW.items()}
    process, began = Process(Child("training", work.command(bounds), told), work.folder / "training.log"), monotonic()
    try:
        while not process.wait(_LOOKS_EVERY_SECONDS):
            if not goes_on(work.told()):
                raise LeftOff
            if monotonic() - began > bounds.time.total_seconds():
                raise TookTooLong
    finally:
        process.kill()
    code = process.exit_code
    assert code is not None  # noqa: S101 (it has ended)
    return code


def how_it_died(code: int) -> str:
    """Say what killed a process that ended with a negative exit code."""
    return f"was killed (signal {signal.Signals(-code).name}), most often for want of memory"
