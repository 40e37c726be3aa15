"""Mails as short dense rows, so that hundreds are compared with each other and with sums of others by one product.

Features are dealt into columns with a sign, both by a fixed hash. The product of two rows is that of the mails' words,
give or take `COLUMNS ** -0.5`.

Source:
    Weinberger et al. 2009, "Feature Hashing for Large Scale Multitask Learning", arXiv:0902.2206.
"""

from collections.abc import Sequence

import numpy as np

from triage.memory.vectors import Floats, vectors_of

COLUMNS = 4096
_MULTIPLIER = np.uint32(2654435761)
_SHIFT = np.uint32(20)  # 32 bits less those of a column


def sketches(representations: Sequence[bytes]) -> tuple[Floats, Floats]:
    """Return words (mails, COLUMNS) and embeddings (mails, dimensions) of mails, rows of length 1 or 0."""
    vectors = vectors_of(representations)
    mixed = vectors.buckets.astype(np.uint32) * _MULTIPLIER
    column = (mixed >> _SHIFT).astype(np.int64)
    sign = np.where(mixed >> (_SHIFT - np.uint32(1)) & np.uint32(1), np.float32(1.0), np.float32(-1.0))
    mail = np.repeat(np.arange(len(vectors)), np.diff(vectors.ends))
    sums = np.bincount(mail * COLUMNS + column, vectors.weights * sign, len(vectors) * COLUMNS)
    return unit(sums.astype(np.float32).reshape(len(vectors), COLUMNS)), unit(vectors.embeddings)


def unit(rows: Floats) -> Floats:
    """Return rows at length 1; those of nothing stay nothing."""
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-6), np.float32)
