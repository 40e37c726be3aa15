"""The passages of a mail that moved it, found in its text."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

_WORD = re.compile(r"\w+")
# A word such as `now` may stand everywhere; the first places say enough.
_MOST_PLACES = 3


class Piece(NamedTuple):
    """A piece of text; `factors` are those of the reasons that rest on it, none for what lies between."""

    text: str
    factors: tuple[str, ...] = ()


def marked(text: str, phrases: Mapping[str, Sequence[str]]) -> list[Piece]:
    """Return a text in pieces that joined give it again, with the passages set apart.

    Args:
        text: As people read it; nothing of it is escaped here.
        phrases: Factor to the passages it rests on, as the model reads them: in lower case, without punctuation.
    """
    words = [(match[0].casefold(), match.start(), match.end()) for match in _WORD.finditer(text)]
    found = sorted(
        (start, end, factor)
        for factor, passages in phrases.items()
        for passage in passages
        for start, end in _places(words, [word.casefold() for word in _WORD.findall(passage)])
    )
    pieces, at = list[Piece](), 0
    for start, end, factors in _merged(found):
        pieces += [Piece(text[at:start]), Piece(text[start:end], factors)]
        at = end
    return [piece for piece in (*pieces, Piece(text[at:])) if piece.text]


def _places(words: Sequence[tuple[str, int, int]], wanted: Sequence[str]) -> Iterator[tuple[int, int]]:
    left = _MOST_PLACES
    for place, (word, start, _) in enumerate(words):
        if not wanted or not left:
            return
        last = place + len(wanted) - 1
        if word == wanted[0] and last < len(words) and [one[0] for one in words[place : last + 1]] == wanted:
            left -= 1
            yield start, words[last][2]


def _merged(found: Sequence[tuple[int, int, str]]) -> list[tuple[int, int, tuple[str, ...]]]:
    """Return places of which none overlaps another, each with all its factors."""
    merged: list[tuple[int, int, tuple[str, ...]]] = []
    for start, end, factor in found:
        if merged and start < merged[-1][1]:
            first, furthest, factors = merged[-1]
            merged[-1] = (first, max(furthest, end), tuple(dict.fromkeys((*factors, factor))))
        else:
            merged.append((start, end, (factor,)))
    return merged
