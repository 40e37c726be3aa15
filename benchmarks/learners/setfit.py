"""SetFit over MiniLM-L6: pairs teach the encoder which texts belong together, logistic regression reads it.

The package `setfit` itself, with its defaults (batches of 16 pairs, as many alike as not, one epoch, rate 2e-5), runs
in a process of its own, from an environment of its own (`make bench-learning` makes it). An epoch that has more than
`PAIRS` ends there: with eight labels of each of ten topics it has 5,760. Texts are cut to 128 tokens, on which the
encoder was trained.

Source:
    Tunstall et al. 2022, arXiv:2209.11055.
"""

import json
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.learners.learner import Guess, as_text
from benchmarks.minilm import LONGEST, weights_folder
from triage.mail import MailText

PROGRAM = Path(__file__).with_name("setfit_process.py")
PYTHON = Path(os.environ.get("TRIAGE_SETFIT_PYTHON", "build/setfit/bin/python"))
PAIRS = 800  # of an epoch at most


class SetFit:
    """SetFit in a process of its own, which ends with `close`."""

    def __init__(self, seed: int, pairs: int = PAIRS, threads: int = 1) -> None:
        self._seed, self._pairs = seed, pairs
        # -P: the package `setfit` is meant, and not this file beside the program.
        command = [str(PYTHON), "-P", str(PROGRAM), str(weights_folder()), str(threads)]
        environment = {**os.environ, "OMP_NUM_THREADS": str(threads), "PYTHONPATH": ""}
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        self._process = subprocess.Popen(command, text=True, env=environment, **pipes)
        self._ask({})

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Learn from the encoder as it was published."""
        labelled = list(zip(as_text(mails), topics, strict=True))
        self._ask({"fit": labelled, "pairs": self._pairs, "length": LONGEST, "seed": self._seed})

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Return the likeliest topic of each mail."""
        return [Guess(*found) for found in self._ask({"predict": as_text(mails)})["guesses"]]

    def close(self) -> None:
        """End the process."""
        self._process.communicate()

    def _ask(self, question: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        assert self._process.stdout
        print(json.dumps(question), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        if not answer:
            raise RuntimeError(f"SetFit's process ended with {self._process.wait()}; is {PYTHON} its environment?")
        return dict(json.loads(answer))


def is_here() -> bool:
    """Say whether SetFit's environment is on this machine."""
    return PYTHON.exists()
