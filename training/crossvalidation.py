"""Figures on domains that no model of the fold has seen, and what the shipped model takes from them.

The shipped model learns from every domain, so nothing is left to judge it by. Its epochs and temperatures come from
here, and each fold's own are chosen on the other folds: no figure rests on a choice that its mails took part in.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.baseline import keyword_labels, majority_labels
from training.calibration import fit_temperature, softmax
from training.config import RunConfig
from training.evaluate import Figures, figures_of, mean_figures, overall
from training.features import Features
from training.fit import Trainer, train
from training.heads import Labels, Matrices
from training.progress import Progress
from training.splits import Fold
from triage.mail import MailText


@dataclass(frozen=True, slots=True)
class Findings:
    """What the folds say: the mean figures of each contender, and the choices for the model trained on everything."""

    epochs: int
    temperatures: dict[str, float]
    model: Figures
    keywords: Figures
    majority: Figures


def cross_validate(
    features: Features,
    texts: Sequence[MailText],
    labels: Labels,
    folds: Sequence[Fold],
    config: RunConfig,
    progress: Progress,
) -> Findings:
    """Train on all folds but one, in turn, and judge each on the one left out."""
    curves = [_curve(features, labels, fold, config, progress) for fold in folds]
    truths = [labels.of(fold.test) for fold in folds]
    scores = np.array(
        [[_score(logits, truth) for logits in curve] for curve, truth in zip(curves, truths, strict=True)]
    )
    judged = [_judged(curves, truths, scores, place) for place in range(len(folds))]
    epochs = int(scores.mean(axis=0).argmax()) + 1
    return Findings(
        epochs=epochs,
        temperatures=_temperatures([curve[epochs - 1] for curve in curves], truths),
        model=mean_figures(judged),
        keywords=mean_figures(
            [
                figures_of(truth, keyword_labels([texts[mail] for mail in fold.test]))
                for fold, truth in zip(folds, truths, strict=True)
            ]
        ),
        majority=mean_figures(
            [
                figures_of(truth, majority_labels(labels.of(fold.train), len(fold.test)))
                for fold, truth in zip(folds, truths, strict=True)
            ]
        ),
    )


def _curve(features: Features, labels: Labels, fold: Fold, config: RunConfig, progress: Progress) -> list[Matrices]:
    """Return the logits of the fold's test mails after each epoch."""
    curve: list[Matrices] = []

    def note(trainer: Trainer) -> None:
        curve.append(trainer.logits(fold.test))
        progress.step("fold")

    train(features, labels, fold.train, config, epochs=config.epochs, after_epoch=note)
    return curve


def _judged(
    curves: list[list[Matrices]], truths: list[Labels], scores: np.ndarray, place: int
) -> Figures:
    """Judge one fold with the epoch and temperatures that the other folds would choose."""
    others = [other for other in range(len(curves)) if other != place] or [place]
    epoch = int(scores[others].mean(axis=0).argmax())
    temperatures = _temperatures([curves[other][epoch] for other in others], [truths[other] for other in others])
    logits = curves[place][epoch]
    probabilities = {head: softmax(logits[head] / temperatures[head]) for head in logits}
    return figures_of(truths[place], _columns(logits), probabilities)


def _temperatures(logits: list[Matrices], truths: list[Labels]) -> dict[str, float]:
    return {
        head: round(
            fit_temperature(
                np.concatenate([one[head] for one in logits]), np.concatenate([truth[head] for truth in truths])
            ),
            4,
        )
        for head in truths[0]
    }


def _score(logits: Matrices, truth: Labels) -> float:
    return overall(figures_of(truth, _columns(logits)))


def _columns(logits: Matrices) -> dict[str, np.ndarray]:
    return {head: logits[head].argmax(axis=1) for head in logits}

