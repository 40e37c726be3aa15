"""A folder per class: files are decoded as the product does it, and what cannot be is left out with the reason."""

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from PIL import Image

from training.images.examples import ImageSet, Pixels, Refused
from triage.errors import InvalidImage, InvalidSubmission
from triage.images.decoder import Decoder
from triage.images.fit import Fit

_LOOKED_AT = 64  # files, to learn how large images usually are


def folder_images(folder: Path, side: int, fit: Fit) -> ImageSet:
    """Decode all images below the folders of a folder; the folders' names are the classes, in alphabetical order.

    Raises:
        InvalidSubmission: There are no such folders, or no image in one of them.
    """
    classes = tuple(_name(Path(path.name)) for path in classes_in(folder))
    pixels: list[Pixels] = []
    truth, names, digests, refused = [], [], [], []
    with Decoder(side, fit) as decoder:
        for path in _files(folder):
            name = _name(path.relative_to(folder))
            try:
                data = path.read_bytes()
                pixels.append(decoder.decode(data).pixels)
            except (InvalidImage, OSError) as error:
                reason = str(error) if isinstance(error, InvalidImage) else f"cannot be read ({error.strerror})"
                refused.append(Refused(name, reason))
                continue
            truth.append(classes.index(_name(Path(path.relative_to(folder).parts[0]))))
            names.append(name)
            digests.append(hashlib.sha256(data).hexdigest())
    for column, known in enumerate(classes):
        if column not in truth:
            raise InvalidSubmission(
                f"there is no image that can be read in {folder / known}; put some there, or take the folder away"
            )
    return ImageSet(np.stack(pixels), np.array(truth, np.int64), classes, tuple(names), tuple(digests), tuple(refused))


def classes_in(folder: Path) -> list[Path]:
    """Return the folders in a folder, by name; hidden ones do not count."""
    return sorted(path for path in folder.iterdir() if path.is_dir() and not path.name.startswith("."))


def usual_side_of(folder: Path) -> int:
    """Return the median of the longer edges of some images, 256 where none can be read."""
    files = list(_files(folder))
    edges = [edge for path in files[:: max(1, len(files) // _LOOKED_AT)] if (edge := _edge(path))]
    return int(np.median(edges)) if edges else 256


def _files(folder: Path) -> Iterator[Path]:
    """Yield the files below the folders of a folder, class by class.

    Raises:
        InvalidSubmission: The folder has none.
    """
    found = classes_in(folder)
    if not found:
        raise InvalidSubmission(
            f"{folder} has no folders; put the images of each class into a folder of its name there"
        )
    for path in found:
        for place, inner, files in os.walk(path):
            inner[:] = sorted(name for name in inner if not name.startswith("."))
            yield from (Path(place, name) for name in sorted(files) if not name.startswith("."))


def _edge(path: Path) -> int | None:
    try:
        with Image.open(path) as image:  # reads the head alone
            return max(image.size)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError):
        return None


def _name(path: Path) -> str:
    """Return a path as text that can be written anywhere, whatever bytes it has."""
    return os.fsencode(path).decode("utf-8", "replace")
