"""A cheap model before a dear one: the cheap one's answer stands where it is sure, else the dear one is asked.

Text and images go through the same class: the two stages of a text bundle, the two bundles of an image cascade.
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy.typing as npt

Columns = Mapping[str, npt.NDArray[Any]]
Unsure = npt.NDArray[Any]


class Cascade:
    """Asks a dear model about what a cheap one is unsure of, and counts it.

    Args:
        unsure: Says of a cheap model's answers, by name (items, labels), which are not sure enough: bool (items,).

    Attributes:
        asked: Items that the dear model was asked about so far.
    """

    def __init__(self, unsure: Callable[[Columns], Unsure]) -> None:
        self._unsure = unsure
        self.asked = 0

    def complete(self, answers: Columns, ask: Callable[[list[int]], Columns]) -> None:
        """Put a dear model's answers in the places of those that are not sure enough.

        Args:
            answers: Of the cheap model; changed in place.
            ask: Returns the dear model's answers, of the same names, about the items in some places.
        """
        places = self._unsure(answers).nonzero()[0].tolist()
        if not places:
            return
        dear = ask(places)
        for name, column in answers.items():
            column[places] = dear[name]
        self.asked += len(places)
