"""Train on labelled texts of any kind: epochs by early stopping, then everything again.

The recipe for the shipped model (`training/run.py`) chooses by whole domains left out; here a tenth of the mails,
whole groups of near-duplicates, stands in for what the model will meet.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.calibration import fit_temperature
from training.config import RunConfig
from training.evaluate import overall_f1
from training.features import Features, Integers
from training.fit import Trainer, Weights, train
from training.heads import Labels, Matrices
from training.splits import fold_by_group


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, how sure it may be, and how many epochs it took."""

    weights: Weights
    temperatures: dict[str, float]
    epochs: int


def train_single(
    features: Features, labels: Labels, mails: Integers, groups: Sequence[int], config: RunConfig
) -> Trained:
    """Learn from some mails, with the number of epochs that reads a tenth of them best by macro-F1."""
    head = next(iter(labels))
    names = [str(column) for column in labels[head][mails]]
    fold = fold_by_group([groups[mail] for mail in mails], names, test_share=0.1, seed=config.seed)
    learned, held = mails[fold.train], mails[fold.test]
    curve: list[Matrices] = []

    def note(trainer: Trainer) -> None:
        curve.append(trainer.logits(held))

    train(features, labels, learned, config, epochs=config.epochs, after_epoch=note)
    truth = labels.of(held)
    scores = [overall_f1(truth, {name: logits[name].argmax(axis=1) for name in truth}) for logits in curve]
    best = int(np.argmax(scores))
    temperatures = {name: fit_temperature(curve[best][name], truth[name]) for name in truth}
    trainer = train(features, labels, mails, config, epochs=best + 1)
    return Trained(trainer.weights(), temperatures, best + 1)
