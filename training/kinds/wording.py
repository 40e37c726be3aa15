"""Words to set: sentences of our own corpus, and figures, names and dates that mean nothing."""

import json
import re
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from training.kinds.dice import Dice

_CORPUS = Path(__file__).parents[1] / "corpus" / "triage"
_LANGUAGES = ("de", "en")
_FORMS = ("GmbH", "AG", "KG", "& Co.", "e.K.", "Ltd", "Inc.", "LLC", "e.V.", "PLC", "Partner", "Group")


class Wording:
    """The words of one picture, all in one language."""

    def __init__(self, dice: Dice, language: str | None = None) -> None:
        self.dice = dice
        self.language = language or dice.pick(_LANGUAGES)

    def say(self, german: str, english: str) -> str:
        """Return what is said in the language of the picture."""
        return german if self.language == "de" else english

    def sentence(self) -> str:
        """Return one sentence of somebody's letter."""
        return self.dice.pick(sentences(self.language))

    def paragraph(self, count: int) -> str:
        """Return some sentences that have nothing to do with each other."""
        return " ".join(self.sentence() for _ in range(count))

    def words(self, count: int) -> str:
        """Return so many words from one place of the corpus."""
        return " ".join(self.paragraph(1 + count // 5).split()[:count])

    def title(self, count: int = 3) -> str:
        """Return some capitalised words, as headings, buttons and shops have them."""
        return " ".join(self.dice.pick(long_words(self.language)).capitalize() for _ in range(count))

    def house(self) -> str:
        """Return a firm that does not exist."""
        return f"{self.title(self.dice.whole(1, 2))} {self.dice.pick(_FORMS)}"

    def amount(self, highest: int = 2000) -> str:
        """Return a sum of money with two decimals, as the language writes it."""
        value = f"{self.dice.between(0.3, 1) ** 3 * highest:,.2f}"
        return value.translate(str.maketrans(",.", ".,")) if self.language == "de" else value

    def date(self) -> str:
        """Return a day."""
        day, month, year = self.dice.whole(1, 28), self.dice.whole(1, 12), self.dice.whole(1975, 2027)
        return self.say(
            f"{day:02}.{month:02}.{year}", self.dice.pick((f"{month}/{day}/{year}", f"{year}-{month:02}-{day:02}"))
        )

    def digits(self, count: int) -> str:
        """Return so many digits."""
        return "".join(str(self.dice.whole(0, 9)) for _ in range(count))


@lru_cache
def sentences(language: str) -> Sequence[str]:
    """Return the sentences of the corpus in a language."""
    found = []
    for file in sorted(_CORPUS.glob("*.jsonl")):
        rows = (json.loads(line) for line in file.read_text(encoding="utf-8").splitlines())
        bodies = (row["body"] for row in rows if row["language"] == language)
        found += [part for body in bodies for part in re.split(r"(?<=[.!?])\s+|\n+", body) if len(part) > 20]
    return found


@lru_cache
def long_words(language: str) -> Sequence[str]:
    """Return words of the corpus with four to twelve letters."""
    found = (word for sentence in sentences(language) for word in re.findall(r"[^\W\d_]{4,12}", sentence))
    return list(dict.fromkeys(found))
