"""A learner of one head that corrects a model's beliefs from few labels, and is silent where it has no evidence.

It is a Gaussian process over the model's mistakes. Of each labelled mail it takes what the model missed, one-hot label
less belief; of another mail it says what mails like it were missed by. Far from all labelled mail that is nothing, and
the model's belief stands. A label that the model does not know is one that it always misses, so a new topic is learned
like any other mistake. Fitting is one system of linear equations, and for each mail what the others say of it follows
from the same solution: by that the noise and the sharpness are chosen, and confidence is honest.

Source:
    Rasmussen and Williams 2006, "Gaussian Processes for Machine Learning", §2.2, §2.7 (a mean function), §5.4.2
    (leave-one-out in closed form).
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from triage.memory.vectors import Floats, Vectors

_NOISES = (0.1, 0.3, 1.0)
_SHARPNESSES = (0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0, 5.6, 8.0)
# Of fewer mails the choice among noises would be chance; of more it takes seconds, and the newest of them tell as well.
_ENOUGH_TO_CHOOSE = 20
_MOST_TO_CHOOSE_BY = 400
_LEAST = 1e-4


@dataclass(frozen=True, slots=True)
class HeadWeights:
    """What was learned of one head: added to the model's beliefs, sharpened, it gives the belief.

    Attributes:
        buckets: int32 (features,), ascending; features of labelled mails.
        words: float32 (features, labels).
        embedding: float32 (dimensions, labels).
        sharpness: Power of the beliefs.
    """

    buckets: npt.NDArray[np.int32]
    words: Floats
    embedding: Floats
    sharpness: float

    def corrections(self, vectors: Vectors) -> Floats:
        """Return what mails like these were missed by: float32 (mails, labels)."""
        if not len(self.buckets):
            return np.asarray(vectors.embeddings @ self.embedding, np.float32)
        place = np.minimum(np.searchsorted(self.buckets, vectors.buckets), len(self.buckets) - 1)
        weights = np.where(self.buckets[place] == vectors.buckets, vectors.weights, np.float32(0.0))
        return vectors.summed(weights[:, None] * self.words[place]) + vectors.embeddings @ self.embedding

    def beliefs(self, vectors: Vectors, beliefs: Floats) -> Floats:
        """Return the corrected beliefs: (mails, labels), rows sum to 1."""
        return sharpened(beliefs + self.corrections(vectors), self.sharpness)


def fit(vectors: Vectors, likeness: Floats, beliefs: Floats, truth: Sequence[int]) -> HeadWeights:
    """Learn from some labelled mails.

    Args:
        vectors: The mails, the newest first.
        likeness: (mails, mails) as `products` returns it.
        beliefs: (mails, labels) what the model believes of them; 0 for labels that it does not know.
        truth: The label of each.
    """
    column = np.asarray(truth)
    missed = np.eye(beliefs.shape[1], dtype=np.float64)[column] - beliefs
    doubt = _doubt_of_each(column, beliefs.shape[1])
    noise, sharpness = _NOISES[0], 1.0
    if len(column) >= _ENOUGH_TO_CHOOSE:
        some = slice(_MOST_TO_CHOOSE_BY)
        noise = _best_noise(likeness[some, some], doubt[some], missed[some], beliefs[some], column[some])
    solution, of_others = _solved(likeness, noise * doubt, missed, beliefs)
    if len(column) >= _ENOUGH_TO_CHOOSE:
        sharpness, _ = _best_sharpness(of_others, column)
    shares = solution.astype(np.float32)
    buckets, place = np.unique(vectors.buckets, return_inverse=True)
    words = np.zeros((len(buckets), beliefs.shape[1]), np.float32)
    owner = np.repeat(np.arange(len(vectors)), np.diff(vectors.ends))
    np.add.at(words, place, vectors.weights[:, None] * shares[owner])
    return HeadWeights(buckets.astype(np.int32), words, vectors.embeddings.T @ shares, float(sharpness))


def sharpened(beliefs: npt.NDArray[np.floating], sharpness: float) -> Floats:
    """Return beliefs as distributions: nothing below 0, to a power, each row summing to 1."""
    raised = np.maximum(beliefs, _LEAST) ** sharpness
    return np.asarray(raised / raised.sum(axis=1, keepdims=True), np.float32)


def _doubt_of_each(column: npt.NDArray[np.int64], labels: int) -> npt.NDArray[np.float64]:
    """Return the noise of each mail's label relative to the mean: rare labels are listened to more, within bounds."""
    count = np.bincount(column, minlength=labels)
    return np.clip(count[column] * np.count_nonzero(count) / len(column), 0.3, 3.0)


def _best_noise(
    likeness: Floats,
    doubt: npt.NDArray[np.float64],
    missed: npt.NDArray[np.float64],
    beliefs: npt.NDArray[np.floating],
    column: npt.NDArray[np.int64],
) -> float:
    """Return the noise by which mails say best of each other what they are."""

    def surprise(noise: float) -> float:
        _, of_others = _solved(likeness, noise * doubt, missed, beliefs)
        return _best_sharpness(of_others, column)[1]

    return min(_NOISES, key=surprise)


def _best_sharpness(of_others: npt.NDArray[np.floating], column: npt.NDArray[np.int64]) -> tuple[float, float]:
    """Return the sharpness that makes beliefs the most honest, and how surprising the truth is with it."""
    surprises = [(_surprise(sharpened(of_others, power), column), power) for power in _SHARPNESSES]
    least, power = min(surprises, key=lambda one: one[0])
    return power, least


def _solved(
    likeness: npt.NDArray[np.floating],
    noise: npt.NDArray[np.float64],
    missed: npt.NDArray[np.float64],
    beliefs: npt.NDArray[np.floating],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Return each mail's share in the corrections, and what all others make of each mail."""
    inverse = np.linalg.inv(likeness.astype(np.float64) + np.diag(noise))
    shares = inverse @ missed
    return shares, beliefs + missed - shares / np.diag(inverse)[:, None]


def _surprise(beliefs: Floats, column: npt.NDArray[np.int64]) -> float:
    return float(-np.mean(np.log(beliefs[np.arange(len(column)), column])))
