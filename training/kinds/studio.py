"""What one picture is drawn with."""

from collections.abc import Callable, Sequence
from functools import lru_cache
from pathlib import Path

import numpy as np
from PIL import Image

from training.kinds.dice import Dice
from training.kinds.typefaces import Font, Role, Typefaces, font
from training.kinds.wording import Wording


class Studio:
    """Dice, words and fonts of one picture; the same seeds and fonts make the same picture."""

    def __init__(self, *seeds: int, fonts: Sequence[Path] = (), photo: Callable[[], Image.Image] | None = None) -> None:
        """Take seeds, folders of fonts beside the machine's own, and where a page or a screen gets a photo to show."""
        self._photo = photo
        self.dice = Dice(*seeds)
        self.wording = Wording(self.dice)
        self.typefaces = _typefaces(tuple(fonts))

    def picture(self, width: int, height: int) -> Image.Image:
        """Return a picture to show within another one: a photo where there are any, else blots of colour."""
        size = (max(4, width), max(4, height))
        if self._photo and self.dice.chance(0.8):
            return self._photo().resize(size, Image.Resampling.BILINEAR, reducing_gap=2)
        coarse = self.dice.rng.integers(0, 256, (self.dice.whole(2, 5), self.dice.whole(2, 5), 3), dtype=np.uint8)
        blots = Image.fromarray(coarse).resize(size, Image.Resampling.BICUBIC)
        return Image.blend(blots, Image.new("RGB", size, self.dice.colour()), self.dice.between(0.2, 0.9))

    def face(self, *roles: Role) -> str:
        """Return a face in one of the looks."""
        return self.typefaces.pick(self.dice, self.dice.pick(roles))

    def font(self, size: float, *roles: Role) -> Font:
        """Return a font in one of the looks, of so many pixels."""
        return font(self.face(*roles), round(size))


@lru_cache
def _typefaces(folders: tuple[Path, ...]) -> Typefaces:
    return Typefaces(folders)
