"""Figures on domains that no model of the fold has seen, and what the shipped model takes from them.

The shipped model learns from every domain, so nothing is left to judge it by. Its epochs, temperatures and cascade come
from here, and each fold's own are chosen on the other folds: no figure rests on a choice that its mails took part in.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.baseline import keyword_labels, majority_labels
from training.calibration import fit_temperature, softmax
from training.config import RunConfig
from training.deep.cascade import Cascade, fit_cascade, mixed_probabilities, unsure
from training.deep.fit import train_deep
from training.evaluate import Figures, columns_of, figures_of, mean_figures, overall
from training.features import Features
from training.fit import Trainer, train
from training.heads import Labels, Matrices
from training.journal import Journal
from training.progress import Progress
from training.splits import Fold
from triage.mail import MailText


@dataclass(frozen=True, slots=True)
class Findings:
    """What the folds say: the mean figures of each contender, and the choices for the model trained on everything.

    Attributes:
        fast: Figures of the fast stage alone.
        model: Figures of the cascade, the fast stage's own where there is no deep stage.
        escalated: Share of the mails that the cascade asks the deep stage about.
        read: Per fold, the probabilities of its test mails, each head (mails, labels).
    """

    epochs: int
    temperatures: dict[str, float]
    cascade: Cascade | None
    fast: Figures
    model: Figures
    escalated: float
    keywords: Figures
    majority: Figures
    read: list[Matrices]


@dataclass(frozen=True, slots=True)
class _Said:
    """What the models of one fold said of the mails they never saw: fast logits after each epoch, and deep logits."""

    curve: list[Matrices]
    deep: Matrices | None
    truth: Labels

    @property
    def languages(self) -> list[str]:
        names = self.truth.heads["language"]
        return [str(names[column]) for column in self.truth["language"]]


@dataclass(frozen=True, slots=True)
class _Choice:
    """What some folds would choose."""

    epoch: int
    temperatures: dict[str, float]
    cascade: Cascade | None


def cross_validate(
    features: Features,
    texts: Sequence[MailText],
    labels: Labels,
    folds: Sequence[Fold],
    config: RunConfig,
    progress: Progress,
    *,
    strategy: tf.distribute.Strategy | None = None,
    journal: Journal | None = None,
) -> Findings:
    """Train on all folds but one, in turn, and judge each on the one left out."""
    notes = [partial(journal.note, f"fold-{number + 1}") if journal else _unnoted for number in range(len(folds))]
    said = [
        _said(features, labels, fold, config, progress, note, strategy) for fold, note in zip(folds, notes, strict=True)
    ]
    choices = [_chosen([other for other in said if other is not one] or [one]) for one in said]
    fast = [_fast(one, choice) for one, choice in zip(said, choices, strict=True)]
    asked = [
        unsure(probabilities, one.languages, choice.cascade) if choice.cascade else np.zeros(len(one.truth), np.bool_)
        for one, choice, probabilities in zip(said, choices, fast, strict=True)
    ]
    both = [_both(*each) for each in zip(said, choices, fast, asked, strict=True)]
    everything = _chosen(said)
    return Findings(
        epochs=everything.epoch + 1,
        temperatures=everything.temperatures,
        cascade=everything.cascade,
        fast=_mean(said, fast),
        model=_mean(said, both),
        escalated=round(float(np.mean(np.concatenate(asked))), 4),
        keywords=mean_figures(
            [
                figures_of(one.truth, keyword_labels([texts[mail] for mail in fold.test]))
                for fold, one in zip(folds, said, strict=True)
            ]
        ),
        majority=mean_figures(
            [
                figures_of(one.truth, majority_labels(labels.of(fold.train), len(fold.test)))
                for fold, one in zip(folds, said, strict=True)
            ]
        ),
        read=both,
    )


def _unnoted(_epoch: int, _truth: Labels, _logits: Matrices) -> None:
    pass


def _said(
    features: Features,
    labels: Labels,
    fold: Fold,
    config: RunConfig,
    progress: Progress,
    note: Callable[[int, Labels, Matrices], None],
    strategy: tf.distribute.Strategy | None,
) -> _Said:
    curve: list[Matrices] = []
    truth = labels.of(fold.test)

    def judge(trainer: Trainer) -> None:
        curve.append(trainer.logits(fold.test))
        note(trainer.epochs_done, truth, curve[-1])
        progress.step("fold")

    trainer = train(features, labels, fold.train, config, epochs=config.epochs, after_epoch=judge, strategy=strategy)
    deep = None
    if config.deep.epochs:
        step = lambda: progress.step("fold, deep stage")  # noqa: E731 - one line, used twice below
        deep = train_deep(
            features, labels, fold.train, trainer.vocabulary, config, after_epoch=step, strategy=strategy
        ).logits(fold.test)
    return _Said(curve, deep, truth)


def _chosen(said: Sequence[_Said]) -> _Choice:
    """Return what these folds choose: the epoch that is best on the mean, then temperatures, then the cascade."""
    scores = np.array([[_score(logits, one.truth) for logits in one.curve] for one in said])
    epoch = int(scores.mean(axis=0).argmax())
    truth = _joined([one.truth for one in said])
    logits = {head: np.concatenate([one.curve[epoch][head] for one in said]) for head in truth}
    temperatures = {head: round(fit_temperature(logits[head], truth[head]), 4) for head in truth}
    if any(one.deep is None for one in said):
        return _Choice(epoch, temperatures, None)
    fast = {head: softmax(logits[head] / temperatures[head]) for head in truth}
    deep = {head: np.concatenate([one.deep[head] for one in said if one.deep]) for head in truth if head != "language"}
    languages = [language for one in said for language in one.languages]
    return _Choice(epoch, temperatures, fit_cascade(fast, deep, truth, languages))


def _fast(one: _Said, choice: _Choice) -> Matrices:
    return {head: softmax(logits / choice.temperatures[head]) for head, logits in one.curve[choice.epoch].items()}


def _both(one: _Said, choice: _Choice, fast: Matrices, asked: npt.NDArray[np.bool_]) -> Matrices:
    if choice.cascade is None or one.deep is None:
        return fast
    mixed = mixed_probabilities(fast, one.deep, one.languages, choice.cascade)
    return {head: np.where(asked[:, None], mixed[head], fast[head]) for head in fast}


def _mean(said: Sequence[_Said], probabilities: Sequence[Matrices]) -> Figures:
    return mean_figures(
        [figures_of(one.truth, columns_of(read), read) for one, read in zip(said, probabilities, strict=True)]
    )


def _score(logits: Matrices, truth: Labels) -> float:
    return overall(figures_of(truth, columns_of(logits)))


def _joined(truths: Sequence[Labels]) -> Labels:
    return Labels(truths[0].heads, {head: np.concatenate([truth[head] for truth in truths]) for head in truths[0]})
