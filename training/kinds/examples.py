"""What the recogniser is shown in training: every kind equally often, real and rendered, each told by its number."""

import io
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.kinds.collection import pictures_to_learn_from
from training.kinds.dice import Dice
from training.kinds.documents import document
from training.kinds.journey import sent
from training.kinds.logos import logo
from training.kinds.photos import seen_again
from training.kinds.receipts import receipt
from training.kinds.screens import screenshot
from training.kinds.sources import BY_NAME, LEARNED, RENDERED
from training.kinds.studio import Studio
from triage.errors import InvalidSubmission
from triage.images.fit import Fit
from triage.images.pixels import to_square
from triage.labels import ImageKind

KINDS = tuple(ImageKind)
_RENDERERS: Mapping[ImageKind, Callable[[Studio], Image.Image]] = {
    ImageKind.SCREENSHOT: screenshot,
    ImageKind.DOCUMENT: document,
    ImageKind.RECEIPT: receipt,
    ImageKind.LOGO: logo,
}
# How much of a kind is real, where real pictures of it may be learned from.
_REAL = 0.35
# What is unlike the rest of its kind is not drowned by it: TrashNet has a thousand pictures, the others one each.
_SHARE = {"china": 0.12, "hopper": 0.05}


@dataclass(frozen=True, slots=True)
class Example:
    """A picture to learn from.

    Attributes:
        source: Name of a source, or `rendered`.
    """

    picture: Image.Image
    kind: ImageKind
    source: str


class Examples:
    """All pictures of one seed, as many as are asked for; each depends on the seed and its number alone.

    Attributes:
        sources: Names of the real sources that are learned from.
    """

    def __init__(self, seed: int, *, fonts: Sequence[Path] = (), without: Sequence[str] = ()) -> None:
        """Read the real pictures that may be learned from; `without` names sources that are left out.

        Raises:
            InvalidSubmission: A name is of no source.
        """
        if unknown := sorted(set(without) - set(BY_NAME)):
            raise InvalidSubmission(f"there is no source {', '.join(unknown)}; there are {', '.join(BY_NAME)}")
        self._seed, self._fonts = seed, tuple(fonts)
        self._real: dict[str, list[bytes]] = {}
        for source in LEARNED:
            pictures = list(pictures_to_learn_from(source).values())
            if source.name not in without and pictures:
                self._real[source.name] = pictures
        self.sources = tuple(self._real)
        if not any(BY_NAME[name].kind == ImageKind.PHOTO for name in self.sources):
            raise InvalidSubmission(
                "there are no photos to learn from; put images-trashnet where TRIAGE_PUBLIC_DATA says"
            )

    def __getitem__(self, number: int) -> Example:
        """Return one picture, RGB; kinds follow each other."""
        kind = KINDS[number % len(KINDS)]
        dice = Dice(self._seed, number)
        source = self._source(kind, dice)
        if source == RENDERED:
            studio = Studio(self._seed, number, 1, fonts=self._fonts, photo=lambda: self._photo(dice))
            drawn = _RENDERERS[kind](studio)
            return Example(sent(drawn, dice), kind, source)
        picture = self._photo(dice, source) if kind == ImageKind.PHOTO else self._picture(source, dice)
        return Example(sent(picture, dice), kind, source)

    def square(self, number: int, side: int, fit: Fit) -> npt.NDArray[np.uint8]:
        """Return one picture as the recogniser sees it, uint8 (side, side, 3)."""
        return to_square(self[number].picture, side, fit)

    def _photo(self, dice: Dice, source: str | None = None) -> Image.Image:
        first, second = source or self._source(ImageKind.PHOTO, dice), self._source(ImageKind.PHOTO, dice)
        return seen_again(self._picture(first, dice), self._picture(second, dice), dice)

    def _source(self, kind: ImageKind, dice: Dice) -> str:
        of_kind = [name for name in self.sources if BY_NAME[name].kind == kind]
        if kind == ImageKind.PHOTO:
            rare = [name for name in of_kind if name in _SHARE and dice.chance(_SHARE[name])]
            return (rare or [name for name in of_kind if name not in _SHARE] or of_kind)[0]
        return dice.pick(of_kind) if of_kind and dice.chance(_REAL) else RENDERED

    def _picture(self, source: str, dice: Dice) -> Image.Image:
        with Image.open(io.BytesIO(dice.pick(self._real[source]))) as opened:
            return on_white(opened)


def on_white(picture: Image.Image) -> Image.Image:
    """Return a picture of any mode as RGB, over white where it is transparent."""
    if picture.mode not in ("RGBA", "LA", "P", "PA"):
        return picture.convert("RGB")
    clear = picture.convert("RGBA")
    ground = Image.new("RGB", clear.size, (255, 255, 255))
    ground.paste(clear, (0, 0), clear)
    return ground
