"""What is left to chance in a letter, the same at every run."""

from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Chance:
    """The dice of one letter.

    Every throw is named for what it decides, so a new one changes no other; and it is a digest rather than a
    pseudo-random generator, whose sequence may differ between Python versions.
    """

    seed: int
    row_id: str

    def token(self, purpose: str, length: int = 16) -> str:
        """Return up to 64 hexadecimal digits."""
        return sha256(f"{self.seed}/{self.row_id}/{purpose}".encode()).hexdigest()[:length]

    def number(self, purpose: str, below: int) -> int:
        """Return a whole number from 0 to `below` - 1."""
        return int(self.token(purpose, 15), 16) % below

    def fraction(self, purpose: str) -> float:
        """Return a number in [0, 1)."""
        return int(self.token(purpose, 13), 16) / 16**13

    def pick(self, purpose: str, options: Sequence[T]) -> T:
        """Return one of the options; list one twice to make it twice as likely."""
        return options[self.number(purpose, len(options))]
