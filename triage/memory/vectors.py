"""Representations as arrays, and how like mails are: the product in which memory learns."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from triage.memory.representation import EMBEDDING_SHARE, HEADER

Floats = npt.NDArray[np.float32]

# What embeddings of mail have in common; `python -m training.centre` writes it.
CENTRE = Path(__file__).parent / "centre.npy"

# Lengths of the two parts of a vector, whose whole length is 1.
_WORDS = np.float32((1.0 / (1.0 + EMBEDDING_SHARE)) ** 0.5)
_EMBEDDING = np.float32((EMBEDDING_SHARE / (1.0 + EMBEDDING_SHARE)) ** 0.5)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Mails as vectors: sparse features, one mail's after the other's, and dense embeddings.

    Attributes:
        buckets: int32 (features,).
        weights: float32 (features,).
        ends: int64 (mails + 1,), where each mail's features begin and the last one's end.
        embeddings: float32 (mails, dimensions).
    """

    buckets: npt.NDArray[np.int32]
    weights: Floats
    ends: npt.NDArray[np.int64]
    embeddings: Floats

    def __len__(self) -> int:
        return len(self.embeddings)

    def some(self, mails: Sequence[int]) -> "Vectors":
        """Return some of the mails, in the order given."""
        places = [np.arange(self.ends[mail], self.ends[mail + 1]) for mail in mails]
        chosen = np.concatenate([*places, np.zeros(0, np.int64)])
        ends = np.cumsum([0, *map(len, places)])
        return Vectors(self.buckets[chosen], self.weights[chosen], ends, self.embeddings[list(mails)])

    def summed(self, values: npt.NDArray[np.floating]) -> Floats:
        """Return the sum over each mail of values of its features, (features,) or (features, columns)."""
        # Where a mail has no feature, `reduceat` would give the next mail's first.
        padded = np.concatenate([values, np.zeros((1, *values.shape[1:]), values.dtype)])
        sums = np.add.reduceat(padded, self.ends[:-1], axis=0) if len(self) else padded[:0]
        sums[self.ends[1:] == self.ends[:-1]] = 0.0
        return np.asarray(sums, np.float32)


def vectors_of(representations: Sequence[bytes]) -> Vectors:
    """Return mails as vectors of length 1, or shorter where one has no words that are known or none at all."""
    dimensions = representations[0][1] if representations else 0
    start = HEADER + dimensions
    entries = [np.frombuffer(one, "<u4", offset=start) for one in representations]
    ends = np.cumsum([0, *map(len, entries)])
    together = np.concatenate([*entries, np.zeros(0, "<u4")])
    codes = np.array([np.frombuffer(one, np.int8, dimensions, HEADER) for one in representations], np.float32)
    embeddings = codes.reshape(len(representations), dimensions)
    made = Vectors(
        (together >> 8).astype(np.int32), (together & 0xFF).astype(np.float32), ends.astype(np.int64), embeddings
    )
    length = np.sqrt(np.maximum(made.summed(made.weights**2), 1e-12))
    made.weights[:] *= _WORDS / np.repeat(length, np.diff(made.ends))
    made.embeddings[:] *= _EMBEDDING / np.maximum(np.linalg.norm(embeddings, axis=1, keepdims=True), 1e-6)
    return made


def centred(vectors: Vectors) -> Vectors:
    """Return mails without what their embeddings have in common, so that strangers are alike by nothing.

    Nearly half of an embedding's square is that it is of a mail: without this, what is said of one mail would count a
    little for every other. Mails without an embedding have none still, and embeddings of other sizes stay as they are.
    """
    centre = _centre()
    if vectors.embeddings.shape[1] != len(centre):
        return vectors
    is_there = np.any(vectors.embeddings != 0.0, axis=1, keepdims=True)
    return replace(vectors, embeddings=np.where(is_there, vectors.embeddings - _EMBEDDING * centre, np.float32(0.0)))


@cache
def _centre() -> Floats:
    return np.asarray(np.load(CENTRE, allow_pickle=False), np.float32)


def products(vectors: Vectors) -> Floats:
    """Return how like each two of some mails are: float32 (mails, mails), about 0 for strangers if centred."""
    result = vectors.embeddings @ vectors.embeddings.T
    distinct, place = np.unique(vectors.buckets, return_inverse=True)
    of_one = np.zeros(len(distinct), np.float32)
    for mail in range(len(vectors)):
        own = slice(vectors.ends[mail], vectors.ends[mail + 1])
        of_one[place[own]] = vectors.weights[own]
        result[mail] += vectors.summed(vectors.weights * of_one[place])
        of_one[place[own]] = 0.0
    return np.asarray(result, np.float32)
