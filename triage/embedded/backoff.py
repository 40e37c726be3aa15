"""How long a program that died waits before it starts again."""

from dataclasses import dataclass
from datetime import timedelta

# Sixteen doublings exceed any sensible longest wait, and after forty-six a timedelta overflows.
_MOST_DOUBLINGS = 16


@dataclass(frozen=True, slots=True)
class Backoff:
    """A wait that doubles with each death in a row.

    Attributes:
        forgiven_after: A program that ran this long is sound; when it dies after all, it waits `first` again.
    """

    first: timedelta = timedelta(seconds=0.5)
    longest: timedelta = timedelta(seconds=30)
    forgiven_after: timedelta = timedelta(seconds=60)

    def deaths_in_a_row(self, before: int, *, lived: timedelta) -> int:
        """Count a death that came after `lived` onto those before it; at least 1."""
        return 1 if lived >= self.forgiven_after else before + 1

    def wait(self, deaths_in_a_row: int) -> timedelta:
        """Return the wait after so many deaths, from 1."""
        return min(self.first * (1 << min(deaths_in_a_row - 1, _MOST_DOUBLINGS)), self.longest)
