"""Whether confidence means what it says, and from which confidence on a label may be trusted."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from training.metrics import Columns, Probabilities

THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(6, 20))  # 0.30 to 0.95


@dataclass(frozen=True, slots=True)
class Bin:
    """Mails whose confidence lies in one tenth, as a reliability diagram draws them.

    Attributes:
        confidence: Mean of what the model said.
        accuracy: Share of them that it read rightly.
    """

    confidence: float
    accuracy: float
    mails: int


@dataclass(frozen=True, slots=True)
class Applied:
    """What follows from applying the labels of at least some confidence.

    Attributes:
        precision: Share of the applied labels that are right; `None` where none is applied.
        coverage: Share of the mails that have one.
    """

    threshold: float
    precision: float | None
    coverage: float


def reliability(truth: Columns, probabilities: Probabilities, bins: int = 10) -> list[Bin]:
    """Return the bins that have mails, least confident first."""
    confidence, right = _confidence(truth, probabilities)
    place = np.minimum((confidence * bins).astype(int), bins - 1)
    return [
        Bin(_share(confidence[place == one]), _share(right[place == one]), int(np.count_nonzero(place == one)))
        for one in range(bins)
        if (place == one).any()
    ]


def applied_from(truth: Columns, probabilities: Probabilities, thresholds: Sequence[float]) -> list[Applied]:
    """Return what each threshold would lead to."""
    confidence, right = _confidence(truth, probabilities)
    found = []
    for threshold in thresholds:
        # As the product compares them: with the four digits that it keeps.
        applied = np.round(confidence, 4) >= threshold
        found.append(Applied(threshold, _share(right[applied]) if applied.any() else None, _share(applied)))
    return found


def _confidence(truth: Columns, probabilities: Probabilities) -> tuple[np.ndarray, np.ndarray]:
    return np.asarray(probabilities.max(axis=1), np.float64), probabilities.argmax(axis=1) == truth


def _share(values: np.ndarray) -> float:
    return round(float(np.mean(values)), 4) if len(values) else 0.0
