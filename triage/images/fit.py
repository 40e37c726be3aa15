"""How an image that is not square becomes one."""

from typing import Literal

# Kept whole with a border of its own mean colour, or stretched to fill the square.
Fit = Literal["pad", "stretch"]
FITS: tuple[Fit, ...] = ("pad", "stretch")
