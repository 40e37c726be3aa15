"""How far a learning is, and how fast it learns then."""

import math
import time
from dataclasses import dataclass, field

_WARM = 0.15  # share of the learning in which the rate rises


@dataclass(slots=True)
class Schedule:
    """One cycle of the learning rate, which ends after some steps or some seconds, whichever comes first.

    Attributes:
        steps: To take at most.
        seconds: To take at most; `None` for as long as the steps need.

    Source:
        Smith and Topin 2018, "Super-convergence", arXiv:1708.07120.
    """

    steps: int
    seconds: float | None = None
    taken: int = 0
    started: float = field(default_factory=time.monotonic)

    def share(self) -> float:
        """Return how much lies behind, from 0 to 1."""
        by_steps = self.taken / max(self.steps, 1)
        if self.seconds is None:
            return min(by_steps, 1.0)
        return min(max(by_steps, (time.monotonic() - self.started) / self.seconds), 1.0)

    def rate(self) -> float:
        """Take a step, and return its share of the highest rate."""
        share = self.share()
        self.taken += 1
        return rate_at(share)


def rate_at(share: float) -> float:
    """Return the share of the highest rate: rising in a line from a tenth, falling as a cosine to almost nothing."""
    if share < _WARM:
        return 0.1 + 0.9 * share / _WARM
    return 0.5 * (1.0 + math.cos(math.pi * (share - _WARM) / (1.0 - _WARM))) + 1e-3
