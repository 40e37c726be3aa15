"""All figures of one way of reading mail on one set of mails."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from training.heads import MAIL_HEADS, UNLABELLED, Labels, Matrices
from training.metrics import expected_calibration_error, false_share, macro_f1, quadratic_kappa, recall
from triage.labels import Urgency

Figures = dict[str, float]

_CRITICAL = MAIL_HEADS["urgency"].index(Urgency.CRITICAL)


def columns_of(matrices: Matrices) -> dict[str, npt.NDArray[np.integer]]:
    """Return the likeliest column of each mail, from logits or probabilities per head."""
    return {head: matrix.argmax(axis=1) for head, matrix in matrices.items()}


def figures_of(
    labels: Labels,
    predicted: Mapping[str, npt.NDArray[np.integer]],
    probabilities: Mapping[str, npt.NDArray[np.floating]] | None = None,
) -> Figures:
    """Return every figure, named `head_figure`; mails without a label do not count for that head."""
    figures: Figures = {}
    for head, names in labels.heads.items():
        labelled = labels[head] != UNLABELLED
        truth, column = labels[head][labelled], predicted[head][labelled]
        if not labelled.any():
            continue
        figures[f"{head}_accuracy"] = float(np.mean(truth == column))
        figures[f"{head}_macro_f1"] = macro_f1(truth, column, len(names))
        if head == "urgency":
            figures["urgency_kappa"] = quadratic_kappa(truth, column, len(names))
            figures["urgency_critical_recall"] = recall(truth, column, _CRITICAL)
            figures["urgency_false_critical"] = false_share(truth, column, _CRITICAL)
        if probabilities is not None:
            figures[f"{head}_ece"] = expected_calibration_error(truth, probabilities[head][labelled])
    return {name: round(value, 4) for name, value in figures.items()}


def mean_figures(figures: list[Figures]) -> Figures:
    """Return the mean of each figure over folds that have it."""
    names = dict.fromkeys(name for one in figures for name in one)
    return {name: round(float(np.mean([one[name] for one in figures if name in one])), 4) for name in names}


def overall(figures: Figures) -> float:
    """Return the one number by which an epoch is chosen: the mean over the heads that rank mail."""
    wanted = ("topic_macro_f1", "sentiment_macro_f1", "urgency_kappa", "action_required_macro_f1")
    return float(np.mean([figures[name] for name in wanted if name in figures] or [0.0]))


def overall_f1(labels: Labels, predicted: Mapping[str, npt.NDArray[np.integer]]) -> float:
    """Return the mean macro-F1 over the heads that have labels."""
    figures = figures_of(labels, predicted)
    return float(np.mean([value for name, value in figures.items() if name.endswith("_macro_f1")] or [0.0]))


def score_of(head: str, truth: npt.NDArray[np.integer], predicted: npt.NDArray[np.integer], classes: int) -> float:
    """Return the one figure by which a head is judged: kappa for the steps of urgency, macro-F1 for the others."""
    return (quadratic_kappa if head == "urgency" else macro_f1)(truth, predicted, classes)
