"""What the API and workers say in English, in the reader's language, as far as it comes from a closed set.

`catalogues/sentences/<code>.toml` has each as it is written at its source, with names in braces for what differs. A
sentence is found by its fixed words; one that is not there stands as it is.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache

from markupsafe import Markup

from triage.web.language import CATALOGUES, CODES, Language

_FIELD = re.compile(r"\{(\w+)\}")
# Parts that are sentences themselves; the latter make a sentence another one where they are not known.
_PARTS, _KNOWN_PARTS = ("what", "numbers"), ("state", "figure")
_COUNTED = "n_"
_BETWEEN = "; "
# Sentences of ours are shorter; a longer one is not looked for, since that takes long.
LONGEST, _MOST_PIECES = 1000, 12
_POINTS = str.maketrans(",.", ".,")


@dataclass(frozen=True, slots=True)
class _Known:
    """A sentence with names for what differs: how it is found, how much of it is fixed, and what it is called."""

    pattern: re.Pattern[str]
    fixed: int
    told: str


def translated(sentence: str, language: Language) -> str | None:
    """Return a sentence, or several with a semicolon between, in a language; `None` where it has no words for them."""
    if language.code == CODES[0]:
        return sentence
    pieces = sentence.split(_BETWEEN)
    if len(sentence) > LONGEST or len(pieces) > _MOST_PIECES:
        return None
    # What is told from each piece on, from the last to the first; a sentence of ours may have semicolons itself.
    told: dict[int, str | None] = {len(pieces): ""}
    for start in reversed(range(len(pieces))):
        told[start] = next(_told_from(start, pieces, told, language), None)
    return told[0]


def in_words(sentence: str, language: Language) -> str:
    """Return a sentence in a language, or as it is."""
    return translated(sentence, language) or sentence


def language_mark(sentence: str, language: Language) -> Markup:
    """Return the attribute that says of a sentence that it stands in English on a page that does not."""
    return Markup("") if translated(sentence, language) else Markup(' lang="en"')


def _told_from(start: int, pieces: Sequence[str], told: Mapping[int, str | None], language: Language) -> Iterator[str]:
    for end in reversed(range(start + 1, len(pieces) + 1)):
        rest = told[end]
        one = None if rest is None else _single(_BETWEEN.join(pieces[start:end]), language)
        if one is not None:
            yield f"{one}{_BETWEEN}{rest}" if rest else one


def _single(sentence: str, language: Language) -> str | None:
    for known in _sentences(language.code):
        found = known.pattern.fullmatch(sentence)
        if found and (parts := _parts(found, language)) is not None:
            return known.told.format(**parts)
    return None


def _parts(found: re.Match[str], language: Language) -> dict[str, str] | None:
    parts = {}
    for name, text in found.groupdict().items():
        if name.startswith((*_PARTS, *_KNOWN_PARTS)):
            told = translated(text, language)
            if told is None and name.startswith(_KNOWN_PARTS):
                return None
            parts[name] = told or text
        else:
            # What a reader would type, as the bounds of a figure of the policy, stands as it is typed.
            parts[name] = text.translate(_POINTS) if name.startswith(_COUNTED) else text
    return parts


@cache
def _sentences(code: str) -> list[_Known]:
    """Return the sentences of a language, those with the most fixed words first."""
    with (CATALOGUES / "sentences" / f"{code}.toml").open("rb") as file:
        known = [_known(english, told) for english, told in tomllib.load(file).items()]
    return sorted(known, key=lambda one: -one.fixed)


def _known(english: str, told: str) -> _Known:
    texts = _FIELD.split(english)
    pattern = "".join(
        f"(?P<{text}>{_form(text)})" if place % 2 else re.escape(text) for place, text in enumerate(texts)
    )
    return _Known(re.compile(pattern, re.DOTALL), len("".join(texts[::2])), told)


def _form(name: str) -> str:
    """Return what a part may look like: a number, some sentences, or anything within one sentence."""
    if name.startswith(_COUNTED):
        return r"[-+\d.,]+"
    return ".+?" if name.startswith((*_PARTS, *_KNOWN_PARTS)) else f"(?:(?!{_BETWEEN}).)+?"
