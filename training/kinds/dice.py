"""What is left to chance in a picture, the same at every run with the same seed."""

from collections.abc import Sequence
from typing import TypeVar

import numpy as np

T = TypeVar("T")


class Dice:
    """Throws that depend on nothing but the seeds; `rng` is numpy's generator, for whole arrays."""

    def __init__(self, *seeds: int) -> None:
        self.rng = np.random.default_rng(seeds)

    def chance(self, probability: float) -> bool:
        """Return whether something that happens so often happens now."""
        return bool(self.rng.random() < probability)

    def whole(self, low: int, high: int) -> int:
        """Return a whole number from `low` to `high`, both among them."""
        return int(self.rng.integers(low, high + 1))

    def between(self, low: float, high: float) -> float:
        """Return a number in [low, high)."""
        return float(low + (high - low) * self.rng.random())

    def pick(self, options: Sequence[T]) -> T:
        """Return one of the options; list one twice to make it twice as likely."""
        return options[int(self.rng.integers(len(options)))]

    def grey(self, low: int, high: int) -> tuple[int, int, int]:
        """Return a grey, as RGB."""
        return (self.whole(low, high),) * 3

    def colour(self, low: int = 0, high: int = 255) -> tuple[int, int, int]:
        """Return any colour whose parts are all in the range, as RGB."""
        red, green, blue = (self.whole(low, high) for _ in range(3))
        return red, green, blue

    def ink(self) -> tuple[int, int, int]:
        """Return a colour that houses choose for themselves: one part strong, the others weak."""
        parts = [self.whole(120, 230), self.whole(20, 150), self.whole(0, 110)]
        self.rng.shuffle(parts)
        return parts[0], parts[1], parts[2]
