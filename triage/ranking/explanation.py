"""Which words of a mail made the model believe what it believes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

# A word counts as part of a phrase from this share of the strongest word's effect; one weaker word may stand between.
_TELLING = 0.3
_LONGEST = 6  # words of a phrase


class Phrases(Protocol):
    """Whatever says which passages of a mail did most for a head."""

    def phrases(self, head: str, most: int = 2) -> tuple[str, ...]:
        """Return the passages, strongest first; none where no word spoke for the head."""


@dataclass(frozen=True, slots=True)
class KeptPhrases:
    """The passages that were stored with a verdict.

    Attributes:
        of: Head to passages, strongest first.
    """

    of: Mapping[str, tuple[str, ...]]

    def phrases(self, head: str, most: int = 2) -> tuple[str, ...]:
        """Return the passages, strongest first; none where none were stored."""
        return self.of.get(head, ())[:most]


@dataclass(frozen=True, slots=True)
class Explanation:
    """What each word did.

    Attributes:
        words: As the model reads them, folded, in the order of the mail, its subject first.
        sentences: A number per word that the words of one sentence share; empty where all stand in one.
        effects: Head to one number per word: how far it raised the likeliest label's score over the others (for
            `urgency`: that of the two upper steps over the two lower).
    """

    words: tuple[str, ...]
    effects: Mapping[str, tuple[float, ...]]
    sentences: tuple[int, ...] = ()

    def phrases(self, head: str, most: int = 2) -> tuple[str, ...]:
        """Return the passages that did most for a head, strongest first; none where no word spoke for it."""
        effects = self.effects.get(head, ())
        threshold = _TELLING * max(effects, default=0.0)
        if threshold <= 0.0:
            return ()
        found: list[list[int]] = []
        for place in (place for place, effect in enumerate(effects) if effect >= threshold):
            if (
                found
                and place - found[-1][-1] <= 2
                and place - found[-1][0] < _LONGEST
                and self._together(found[-1][0], place)
            ):
                found[-1].append(place)
            else:
                found.append([place])
        found.sort(key=lambda places: -sum(effects[place] for place in places))
        texts = dict.fromkeys(" ".join(self.words[places[0] : places[-1] + 1]) for places in found)
        return tuple(texts)[:most]

    def _together(self, word: int, other: int) -> bool:
        return not self.sentences or self.sentences[word] == self.sentences[other]
