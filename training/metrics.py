"""Figures of merit, over NumPy arrays alone. Columns of labels and predictions are integers from 0."""

import numpy as np
import numpy.typing as npt

Columns = npt.NDArray[np.integer]
Probabilities = npt.NDArray[np.floating]


def confusion(truth: Columns, predicted: Columns, classes: int) -> npt.NDArray[np.int64]:
    """Count mails by (true class, predicted class)."""
    counts = np.zeros((classes, classes), np.int64)
    np.add.at(counts, (truth, predicted), 1)
    return counts


def macro_f1(truth: Columns, predicted: Columns, classes: int) -> float:
    """Return the mean F1 over the classes that occur in truth or prediction."""
    counts = confusion(truth, predicted, classes)
    occurrences = counts.sum(axis=0) + counts.sum(axis=1)
    present = occurrences > 0
    return float(np.mean(2 * np.diag(counts)[present] / occurrences[present])) if present.any() else 0.0


def quadratic_kappa(truth: Columns, predicted: Columns, classes: int) -> float:
    """Return Cohen's kappa with squared distances: 1 for perfect, 0 for chance.

    Source:
        Cohen 1968, "Weighted kappa", Psychological Bulletin 70(4).
    """
    observed = confusion(truth, predicted, classes)
    expected = np.outer(observed.sum(axis=1), observed.sum(axis=0)) / max(observed.sum(), 1)
    steps = np.arange(classes)
    cost = (steps[:, None] - steps[None, :]) ** 2
    worst = float((cost * expected).sum())
    return 1.0 - float((cost * observed).sum()) / worst if worst else 0.0


def recall(truth: Columns, predicted: Columns, label: int) -> float:
    """Return the share of mails of this class that were found; 0 when there are none."""
    of_class = truth == label
    return float(np.mean(predicted[of_class] == label)) if of_class.any() else 0.0


def false_share(truth: Columns, predicted: Columns, label: int) -> float:
    """Return the share of all mails that were wrongly given this class."""
    return float(np.mean((predicted == label) & (truth != label))) if len(truth) else 0.0


def expected_calibration_error(truth: Columns, probabilities: Probabilities, bins: int = 15) -> float:
    """Return the mean gap between confidence and accuracy over equally wide bins of confidence.

    Source:
        Guo et al. 2017, arXiv:1706.04599, section 2.
    """
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == truth
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    gaps = [abs(float(np.sum(correct[place == b] - confidence[place == b]))) for b in range(bins)]
    return sum(gaps) / max(len(truth), 1)
