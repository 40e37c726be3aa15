"""An image that was decoded."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, slots=True)
class Decoded:
    """What became of an image.

    Attributes:
        pixels: uint8 (side, side, 3), red, green and blue; not to be written to.
        format: One of `FORMATS`.
        width: Of the image as a viewer shows it, in pixels.
        height: The same.
    """

    pixels: npt.NDArray[np.uint8]
    format: str
    width: int
    height: int
