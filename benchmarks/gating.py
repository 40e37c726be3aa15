"""A candidate meets the active model, as the train worker lets it."""

from pathlib import Path
from typing import NamedTuple

from benchmarks.mailboxes import Labelled


class Verdict(NamedTuple):
    """What the gate said, and the figure that it rests on."""

    activated: bool
    reason: str


def active_model(labelled: Labelled, bundle: Path, *, seed: int) -> Path:
    """Train the model that is active before the candidate comes, held against no other; return its folder."""
    raise NotImplementedError("the gate is not here yet")


def verdict_on(labelled: Labelled, active: Path, candidate: Path, *, seed: int) -> Verdict:
    """Train a candidate into a folder, and let the gate judge it on the labels that are held out in every training."""
    raise NotImplementedError("the gate is not here yet")
