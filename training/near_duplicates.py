"""Which texts are so alike that they must stand on one side of a split.

Source:
    Broder 1997, "On the resemblance and containment of documents" (shingles, min-wise hashing); bands as in Leskovec,
    Rajaraman and Ullman, "Mining of Massive Datasets", section 3.4.
"""

import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise

import numpy as np
import numpy.typing as npt

SHINGLE_WORDS = 3
ALIKE = 0.6  # share of common shingles from which two texts count as the same
_BANDS, _ROWS = 16, 3  # two texts that share 60 % meet in some band with 98 %

Signature = npt.NDArray[np.uint64]


def near_duplicate_groups(texts: Sequence[str]) -> list[int]:
    """Return a group number per text: the place of the first text that it is alike to, directly or through others.

    Numbers count as equal, and case and punctuation do not count, so a form letter is one group whatever was filled in.
    """
    shingles = [_shingles(text) for text in texts]
    group = list(range(len(texts)))
    for pair in _candidates(shingles):
        one, other = (_root(group, place) for place in pair)
        if one != other and _resemblance(shingles[pair[0]], shingles[pair[1]]) >= ALIKE:
            group[max(one, other)] = min(one, other)
    return [_root(group, place) for place in range(len(texts))]


def _shingles(text: str) -> frozenset[int]:
    words = re.sub(r"[\W_]+", " ", re.sub(r"\d+", "0", text.lower())).split()
    count = max(len(words) - SHINGLE_WORDS + 1, 1)
    return frozenset(zlib.crc32(" ".join(words[place : place + SHINGLE_WORDS]).encode()) for place in range(count))


def _resemblance(one: frozenset[int], other: frozenset[int]) -> float:
    return len(one & other) / len(one | other)


def _candidates(shingles: Sequence[frozenset[int]]) -> Iterable[tuple[int, int]]:
    """Yield neighbours in every bucket of every band, in order."""
    draw = np.random.default_rng(0)
    # Odd factors, modulo 2^64: every shingle's place in the order changes with the factor.
    factor = draw.integers(0, 1 << 64, _BANDS * _ROWS, dtype=np.uint64) | np.uint64(1)
    shift = draw.integers(0, 1 << 64, _BANDS * _ROWS, dtype=np.uint64)
    buckets: dict[tuple[int, bytes], list[int]] = defaultdict(list)
    for place, own in enumerate(shingles):
        hashes = np.fromiter(own, np.uint64, len(own))
        signature = (hashes[:, None] * factor + shift).min(axis=0).reshape(_BANDS, _ROWS)
        for band in range(_BANDS):
            buckets[band, signature[band].tobytes()].append(place)
    for places in buckets.values():
        yield from pairwise(places)


def _root(group: list[int], place: int) -> int:
    while group[place] != place:
        group[place] = group[group[place]]
        place = group[place]
    return place
