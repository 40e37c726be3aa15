"""Labelled images in memory."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

Pixels = npt.NDArray[np.uint8]
Places = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Refused:
    """A file that nothing is learned from, and why."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImageSet:
    """Images with their classes.

    Attributes:
        pixels: uint8 (images, side, side, 3).
        truth: Column of each image's class.
        classes: Names, in the order of the columns.
        names: Of the images, as a person finds them: a path below the folder, or a number.
        digests: sha256 of what each image was decoded from, as hexadecimal.
        refused: What was left out.
    """

    pixels: Pixels
    truth: Places
    classes: tuple[str, ...]
    names: tuple[str, ...]
    digests: tuple[str, ...]
    refused: tuple[Refused, ...] = ()

    def __len__(self) -> int:
        return len(self.names)

    @property
    def side(self) -> int:
        """Pixels along an edge."""
        return int(self.pixels.shape[1])

    def of(self, places: Iterable[int]) -> "ImageSet":
        """Return some of the images, in the order of their places."""
        chosen = list(map(int, places))
        return replace(
            self,
            pixels=self.pixels[chosen],
            truth=self.truth[chosen],
            names=tuple(self.names[place] for place in chosen),
            digests=tuple(self.digests[place] for place in chosen),
        )

    def digest(self) -> str:
        """Return a sha256 over all images and their classes, whatever their order."""
        told = sorted(
            f"{digest} {self.classes[column]}" for digest, column in zip(self.digests, self.truth, strict=True)
        )
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def renumbered(images: ImageSet, classes: Sequence[str]) -> ImageSet:
    """Return the images with the columns of other classes; those that these lack are put after them."""
    unknown = [name for name in images.classes if name not in classes]
    every = (*classes, *unknown)
    column = np.array([every.index(name) for name in images.classes], np.int64)
    return replace(images, truth=column[images.truth], classes=every)
