"""Learning from mail of any kind: as many epochs as read a tenth that was held out best.

The recipe for the shipped model (`training/run.py`) chooses by whole domains left out; here a tenth of the mails,
whole groups of near-duplicates, stands in for what the model will meet.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import tensorflow as tf

from training.calibration import fit_temperature, softmax
from training.config import RunConfig
from training.evaluate import Figures, columns_of, figures_of, overall_f1
from training.features import Features, Integers
from training.fit import Trainer, Weights, train
from training.heads import Labels, Matrices
from training.journal import Journal
from training.splits import Fold, fold_by_group
from triage.errors import InvalidSubmission

HELD_SHARE = 0.1
# Scale of the rates, and epochs. Texts of a line or two with few labels want smaller and fewer steps than mail does.
SCHEDULES = ((1.0, 5), (0.3, 2))


@dataclass(frozen=True, slots=True)
class Learned:
    """A model, how sure it may be, and what it was worth on the mails held out.

    Attributes:
        figures: Of the held mails, with the epoch and temperatures chosen on them: a little rosy.
        held: Number of mails held out.
        score: Macro-F1 on them.
        held_mails: Which they are.
        read: What the model made of them, each head (held mails, labels).
    """

    weights: Weights
    temperatures: dict[str, float]
    epochs: int
    figures: Figures
    held: int
    score: float
    held_mails: Integers
    read: Matrices


@dataclass(slots=True)
class _Best:
    """The best epoch so far."""

    score: float = -1.0
    epoch: int = 0
    logits: Matrices | None = None
    weights: Weights | None = None


def learn_by_best_schedule(
    features: Features, labels: Labels, mails: Integers, groups: Sequence[int], config: RunConfig
) -> Learned:
    """Learn by two schedules, and again from everything by the one that reads the held tenth best."""
    tried = []
    for scale, epochs in SCHEDULES:
        scaled = replace(
            config, table_rate=config.table_rate * scale, linear_rate=config.linear_rate * scale, epochs=epochs
        )
        tried.append((learn(features, labels, mails, groups, scaled, refit=False), scaled))
    best, scaled = max(tried, key=lambda one: one[0].score)
    weights = _again(features, labels, mails, scaled, best.epochs, lambda: None)
    return replace(best, weights=weights)


def learn(
    features: Features,
    labels: Labels,
    mails: Integers,
    groups: Sequence[int],
    config: RunConfig,
    *,
    besides: Integers | None = None,
    refit: bool = True,
    after_epoch: Callable[[], None] = lambda: None,
    strategy: tf.distribute.Strategy | None = None,
    journal: Journal | None = None,
) -> Learned:
    """Learn from some mails.

    Args:
        features: Of all mails.
        labels: Of all mails; the first head's decide how the held tenth is drawn.
        mails: Those to learn from and to hold out of.
        groups: Per mail, a number that it shares with its near-duplicates.
        config: Every choice of the run; `epochs` is the most.
        besides: Mails that are learned from and never held out.
        refit: Learn again from all mails for the epochs that were best; else the model of the best epoch stands, which
            has not seen the held tenth and takes half the time.
        after_epoch: Called after every epoch.
        strategy: Devices to learn on; else the one that TensorFlow chooses.
        journal: Where the figures of the held mails are written after every epoch.

    Raises:
        InvalidSubmission: Nothing can be held out.
    """
    besides = np.zeros(0, np.int64) if besides is None else besides
    fold = hold_a_tenth(labels, mails, groups, config.seed)
    held, truth = mails[fold.test], labels.of(mails[fold.test])
    best = _Best()

    def note(trainer: Trainer) -> None:
        after_epoch()
        logits = trainer.logits(held)
        if journal:
            journal.note("held-out", trainer.epochs_done, truth, logits)
        score = overall_f1(truth, columns_of(logits))
        if score > best.score:
            best.score, best.epoch, best.logits = score, trainer.epochs_done, logits
            best.weights = None if refit else trainer.weights()

    train(
        features,
        labels,
        np.concatenate([mails[fold.train], besides]),
        config,
        epochs=config.epochs,
        after_epoch=note,
        strategy=strategy,
    )
    if best.logits is None:
        raise AssertionError("there is at least one epoch")
    temperatures = {name: fit_temperature(best.logits[name], truth[name]) for name in truth}
    probabilities = {name: softmax(best.logits[name] / temperatures[name]) for name in truth}
    weights = best.weights or _again(
        features, labels, np.concatenate([mails, besides]), config, best.epoch, after_epoch, strategy
    )
    figures = figures_of(truth, columns_of(best.logits), probabilities)
    return Learned(weights, temperatures, best.epoch, figures, len(held), best.score, held, probabilities)


def hold_a_tenth(labels: Labels, mails: Integers, groups: Sequence[int], seed: int) -> Fold:
    """Draw the tenth of some mails that `learn` holds out, as places among these mails.

    Raises:
        InvalidSubmission: Of no label, by the first head, are there enough mails that are no copies of each other.
    """
    head = next(iter(labels))
    fold = fold_by_group(
        [groups[mail] for mail in mails],
        [str(column) for column in labels[head][mails]],
        test_share=HELD_SHARE,
        seed=seed,
    )
    if not fold.test.size:
        raise InvalidSubmission(
            f"no tenth can be held out of the examples; give at least ten mails of one {head} that are no copies"
        )
    return fold


def _again(
    features: Features,
    labels: Labels,
    mails: Integers,
    config: RunConfig,
    epochs: int,
    after_epoch: Callable[[], None],
    strategy: tf.distribute.Strategy | None = None,
) -> Weights:
    return train(
        features, labels, mails, config, epochs=epochs, after_epoch=lambda _: after_epoch(), strategy=strategy
    ).weights()
