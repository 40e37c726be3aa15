"""How sure the model may say it is: one temperature per head, fitted on mails it did not learn from.

Source:
    Guo et al. 2017, arXiv:1706.04599, section 4.2.
"""

import numpy as np
import numpy.typing as npt

from training.heads import UNLABELLED

LOWEST, HIGHEST = 0.05, 20.0


def softmax(logits: npt.NDArray[np.floating]) -> npt.NDArray[np.float32]:
    """Return probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def fit_temperature(logits: npt.NDArray[np.floating], truth: npt.NDArray[np.integer]) -> float:
    """Return the divisor of the logits that makes the truth likeliest, between 0.05 and 20; 1 without labels."""
    labelled = truth != UNLABELLED
    if not labelled.any():
        return 1.0
    rows, columns = logits[labelled].astype(np.float64), truth[labelled]
    grid = np.geomspace(LOWEST, HIGHEST, 41)
    for _ in range(3):
        best = int(np.argmin([_surprise(rows / temperature, columns) for temperature in grid]))
        grid = np.geomspace(grid[max(best - 1, 0)], grid[min(best + 1, len(grid) - 1)], 21)
    return float(grid[len(grid) // 2])


def _surprise(logits: npt.NDArray[np.float64], truth: npt.NDArray[np.integer]) -> float:
    shifted = logits - logits.max(axis=1, keepdims=True)
    normaliser = np.log(np.exp(shifted).sum(axis=1))
    return float(np.mean(normaliser - shifted[np.arange(len(truth)), truth]))
