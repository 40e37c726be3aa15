"""What is kept of a mail as the model saw it, in some hundred bytes; plain Python, so that the API can compare mails.

1 byte     format, 1
1 byte     dimensions d of the embedding
d bytes    the embedding: int8, the direction alone means anything
4 bytes …  per feature, little-endian: its bucket in the upper 24 bits, its weight from 1 to 255 in the lower 8,
           buckets ascending
"""

import struct
from collections.abc import Sequence
from math import hypot, sqrt

FORMAT = 1
HEADER = 2
MOST_FEATURES = 256
# How much the embedding counts beside the features, whose share is 1.
EMBEDDING_SHARE = 0.36


def embedding_of(representation: bytes) -> Sequence[int]:
    """Return the embedding of a mail; nothing where nothing was kept."""
    if not representation:
        return ()
    size = representation[1]
    return struct.unpack_from(f"{size}b", representation, HEADER)


def features_of(representation: bytes) -> dict[int, int]:
    """Return the features of a mail: bucket to weight."""
    start = HEADER + representation[1]
    entries = struct.unpack_from(f"<{(len(representation) - start) // 4}I", representation, start)
    return {entry >> 8: entry & 0xFF for entry in entries}


def likeness(one: bytes, other: bytes) -> float:
    """Return how like two mails are, from 0 to 1; 1 for the same words."""
    mine, its = features_of(one), features_of(other)
    fewer, more = sorted((mine, its), key=len)
    lengths = hypot(*mine.values()) * hypot(*its.values())
    words = sum(weight * more.get(bucket, 0) for bucket, weight in fewer.items()) / lengths if lengths else 0.0
    return (words + EMBEDDING_SHARE * max(_cosine(embedding_of(one), embedding_of(other)), 0.0)) / (1 + EMBEDDING_SHARE)


def _cosine(one: Sequence[int], other: Sequence[int]) -> float:
    length = sqrt(sum(x * x for x in one) * sum(y * y for y in other))
    return sum(x * y for x, y in zip(one, other, strict=True)) / length if length else 0.0
