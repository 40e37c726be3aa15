"""A full training in a process of its own, as the train worker runs it, and what it costs."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from triage.mail import MailText

FEWEST = 20  # labelled mails that a training wants


class Cost(NamedTuple):
    """What a process took: seconds by the clock and of all processors, and the most memory it held."""

    wall_s: float
    cpu_s: float
    peak_mib: float


def training_command(examples: Path, output: Path, seed: int) -> list[str]:
    """Return the command that makes a bundle of a mailbox's labelled mail."""
    return [
        *(sys.executable, "-P", "-m", "training", "run", "--alone", "--seed", str(seed)),
        *(f"--output={output}", "--examples", str(examples)),
    ]


def train(examples: Path, output: Path, *, seed: int) -> Cost:
    """Train, and return the cost.

    Raises:
        RuntimeError: The training failed.
    """
    with tempfile.TemporaryFile() as said:
        began = time.monotonic()
        process = subprocess.Popen(training_command(examples, output, seed), stdout=said, stderr=said)
        _, status, used = os.wait4(process.pid, 0)  # unlike Popen's own wait, it tells what the process used
        process.returncode = os.waitstatus_to_exitcode(status)
        wall = time.monotonic() - began
        said.seek(0)
        if process.returncode:
            raise RuntimeError(f"training ended with {process.returncode}: {said.read()[-500:].decode()}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def write_examples(path: Path, mails: Sequence[MailText], topics: Sequence[str]) -> None:
    """Write labelled mail as training reads it, JSON Lines."""
    with path.open("w", encoding="utf-8") as file:
        for place, (mail, topic) in enumerate(zip(mails, topics, strict=True)):
            fields = {"id": str(place), "subject": mail.subject, "body": mail.body, "topic": topic}
            print(json.dumps(fields, ensure_ascii=False), file=file)
