"""A candidate meets the active model, as the train worker lets it."""

from pathlib import Path
from typing import NamedTuple

from benchmarks.mailboxes import Labelled
from benchmarks.retraining import Judge, sides, train


class Verdict(NamedTuple):
    """What the gate said, and the figure that it rests on."""

    activated: bool
    reason: str


def active_model(labelled: Labelled, bundle: Path, *, seed: int) -> Path:
    """Train the model that is active before the candidate comes, held against no other; return its folder."""
    learned, _ = sides(labelled)
    train(learned, bundle, seed=seed)
    return bundle


def verdict_on(labelled: Labelled, active: Path, candidate: Path, *, seed: int) -> Verdict:
    """Train a candidate into a folder, and let the gate judge it on the labels that are held out in every training."""
    from triage.trainings.decision import comparison_from, decide

    learned, held_out = sides(labelled)
    _, report = train(learned, candidate, seed=seed, judge=Judge(active, held_out))
    decision = decide(comparison_from(report["comparison"]))
    return Verdict(decision.activates, decision.reason)
