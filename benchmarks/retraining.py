"""A full training of a mailbox in a process of its own, as the train worker runs it, and what it costs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.mailboxes import Labelled

FEWEST = 80  # labels below which a mailbox is not trained: a quarter is held out, and 20 are needed there
_ONE_IN = 4  # mails is held out


class Cost(NamedTuple):
    """What a process took: seconds by the clock and of all processors, and the most memory it held."""

    wall_s: float
    cpu_s: float
    peak_mib: float


class Judge(NamedTuple):
    """What a candidate is held against."""

    active: Path
    held_out: Labelled


def sides(labelled: Labelled) -> tuple[Labelled, Labelled]:
    """Return the mail that models learn from and the quarter that they are judged by, the same however many follow."""
    pairs = list(zip(labelled.mails, labelled.topics, strict=True))
    learned = [pair for place, pair in enumerate(pairs) if place % _ONE_IN]
    return Labelled.of(learned), Labelled.of(pairs[::_ONE_IN])


def train(
    learned: Labelled, bundle: Path, *, seed: int, threads: int = 1, judge: Judge | None = None
) -> tuple[Cost, dict[str, object]]:
    """Train a bundle; return the cost, and what the process reports.

    Raises:
        RuntimeError: The training failed.
    """
    with tempfile.TemporaryDirectory() as name, tempfile.TemporaryFile() as said:
        folder = Path(name)
        write(folder / "examples.jsonl", learned)
        command = [
            *(sys.executable, "-P", "-m", "training", "mailbox", f"--seed={seed}", f"--threads={threads}"),
            *(f"--examples={folder / 'examples.jsonl'}", f"--output={bundle}", f"--report={folder / 'report.json'}"),
        ]
        if judge:
            write(folder / "held-out.jsonl", judge.held_out)
            command += [f"--held-out={folder / 'held-out.jsonl'}", f"--active={judge.active}"]
        cost = _watched(command, said)
        return cost, json.loads((folder / "report.json").read_text(encoding="utf-8"))


def _watched(command: Sequence[str], said: "tempfile._TemporaryFileWrapper[bytes]") -> Cost:
    # The worker does not tell TensorFlow's threads by this variable, and neither do we.
    environment = {name: value for name, value in os.environ.items() if name != "OMP_NUM_THREADS"}
    began = time.monotonic()
    process = subprocess.Popen(command, stdout=said, stderr=said, env=environment)
    _, status, used = os.wait4(process.pid, 0)  # unlike Popen's own wait, it tells what the process used
    process.returncode = os.waitstatus_to_exitcode(status)
    wall = time.monotonic() - began
    if process.returncode:
        said.seek(0)
        raise RuntimeError(f"training ended with {process.returncode}: {said.read()[-500:].decode()}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def write(path: Path, labelled: Labelled) -> None:
    """Write labelled mail as a training reads it."""
    with path.open("w", encoding="utf-8") as file:
        for place, (mail, topic) in enumerate(zip(labelled.mails, labelled.topics, strict=True)):
            fields = {"id": str(place), "subject": mail.subject, "body": mail.body, "topic": topic}
            print(json.dumps(fields, ensure_ascii=False), file=file)
