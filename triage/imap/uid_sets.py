"""Sets of UIDs as they are written in a command (RFC 9051 §9, sequence-set)."""

from collections.abc import Iterator, Sequence
from itertools import pairwise

# A server may refuse a line above 8,192 bytes (RFC 7162 §4); the rest of a command stands in it too.
MOST_BYTES = 7_500


def uid_sets(uids: Sequence[int]) -> Iterator[tuple[str, Sequence[int]]]:
    """Yield sets short enough for a line, each with the UIDs that it names: no other than those given, in their order.

    Args:
        uids: In ascending order.
    """
    words, begin, weight = list[str](), 0, 0
    for first, end in _runs(uids):
        word = f"{uids[first]}" if end - first == 1 else f"{uids[first]}:{uids[end - 1]}"
        if words and weight + len(word) >= MOST_BYTES:
            yield ",".join(words), uids[begin:first]
            words, begin, weight = [], first, 0
        words.append(word)
        weight += len(word) + len(",")
    if words:
        yield ",".join(words), uids[begin:]


def _runs(uids: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Yield where each run of UIDs without a gap begins and ends."""
    gaps = [place for place, (one, next_one) in enumerate(pairwise(uids), 1) if next_one != one + 1]
    ends = [*gaps, len(uids)] if uids else []
    yield from zip([0, *gaps], ends, strict=False)
