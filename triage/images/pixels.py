"""An image as the recogniser looks at it: one small square, made by the same steps in training and in service."""

import numpy as np
import numpy.typing as npt
from PIL import Image

from triage.images.colours import over_white, reducible
from triage.images.fit import Fit
from triage.images.turning import turn_of

# Decoder and a first coarse step shrink an image to no less than twice the size it ends with; the last step is exact.
_GAP = 2


def to_square(image: Image.Image, side: int, fit: Fit) -> npt.NDArray[np.uint8]:
    """Return an image as uint8 (side, side, 3): its first frame, turned upright, over white.

    Args:
        image: In any mode; one that was opened and not loaded yet is loaded no larger than needed.
        side: In pixels.
        fit: `pad` keeps its shape, with a border of the mean colour of its own; `stretch` fills the square.

    Raises:
        Exception: Whatever Pillow raises for an image that cannot be loaded.
    """
    wanted = _size_within(image.size, side) if fit == "pad" else (side, side)
    image.draft(None, (_GAP * wanted[0], _GAP * wanted[1]))
    image.load()
    turn = turn_of(image)
    small = over_white(_resized(reducible(image), wanted))
    upright = small if turn is None else small.transpose(turn)
    return _padded(np.asarray(upright), side)


def _size_within(size: tuple[int, int], side: int) -> tuple[int, int]:
    """Return width and height of an image of some size when its longer side is `side`."""
    longer = max(size)
    width, height = (max(1, round(side * length / longer)) for length in size)
    return width, height


def _resized(image: Image.Image, wanted: tuple[int, int]) -> Image.Image:
    shrinks = image.width > wanted[0] or image.height > wanted[1]
    # A box averages over exactly the area that a pixel comes from; in an image that grows it would show the pixels.
    method = Image.Resampling.BOX if shrinks else Image.Resampling.BILINEAR
    return image.resize(wanted, method, reducing_gap=_GAP)


def _padded(pixels: npt.NDArray[np.uint8], side: int) -> npt.NDArray[np.uint8]:
    height, width = pixels.shape[:2]
    if (height, width) == (side, side):
        return pixels
    border = np.concatenate([pixels[0], pixels[-1], pixels[:, 0], pixels[:, -1]])
    square = np.empty((side, side, 3), np.uint8)
    square[:] = np.rint(border.mean(axis=0)).astype(np.uint8)
    top, left = (side - height) // 2, (side - width) // 2
    square[top : top + height, left : left + width] = pixels
    return square
