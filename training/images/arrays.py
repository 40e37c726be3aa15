"""Labelled images that come as arrays."""

import hashlib
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from training.images.examples import ImageSet, Pixels
from triage.errors import InvalidSubmission
from triage.images.fit import Fit
from triage.images.pixels import to_square


@dataclass(frozen=True, slots=True)
class Arrays:
    """Images of one size.

    Attributes:
        pixels: uint8 (images, height, width) or (images, height, width, 1, 3 or 4).
        truth: Number of each image's class, (images,).
        classes: Their names; the numbers where there are none.
    """

    pixels: Pixels
    truth: np.ndarray
    classes: tuple[str, ...]


def arrays_of(source: str, pixels: Any, truth: Any, classes: Any = None) -> Arrays:
    """Return arrays that fit together; `source` is how an error names them.

    Raises:
        InvalidSubmission: They do not.
    """
    pixels, truth = np.asarray(pixels), np.asarray(truth).reshape(-1)
    is_image = pixels.ndim == 3 or (pixels.ndim == 4 and pixels.shape[3] in (1, 3, 4))
    if pixels.dtype != np.uint8 or not is_image or not pixels.size:
        raise InvalidSubmission(
            f"the images of {source} are {pixels.dtype} {pixels.shape}; give uint8 (images, height, width[, 1, 3 or 4])"
        )
    if len(truth) != len(pixels) or not np.issubdtype(truth.dtype, np.integer) or truth.min() < 0:
        raise InvalidSubmission(
            f"{source} has {len(pixels)} images and {len(truth)} labels of type {truth.dtype}; give each image a number"
        )
    names = tuple(map(str, np.asarray(classes).tolist())) if classes is not None else ()
    if not names:
        names = tuple(map(str, range(int(truth.max()) + 1)))
    if truth.max() >= len(names) or len(set(names)) != len(names):
        raise InvalidSubmission(
            f"{source} names {len(names)} classes and has labels up to {truth.max()}; give each class one name"
        )
    return Arrays(pixels, truth.astype(np.int64), names)


def npz_arrays(path: Path, part: str) -> Arrays:
    """Read `x`, `y` and perhaps `class_names`, or those of a part (`x_train`, `y_train`).

    Raises:
        InvalidSubmission: The file has none of these.
    """
    try:
        with np.load(path, allow_pickle=False) as file:
            found = {name: file[name] for name in file.files if name.partition("_")[0] in {"x", "y", "class"}}
    except (ValueError, zipfile.BadZipFile, EOFError) as error:
        raise InvalidSubmission(f"{path} is no file of numpy's arrays, or has objects in it; save it again") from error
    x, y = _part(found, "x", part), _part(found, "y", part)
    if x is None or y is None:
        raise InvalidSubmission(f"{path} has no arrays x and y (nor x_{part} and y_{part}); save it with these names")
    return arrays_of(str(path), x, y, found.get("class_names"))


def image_set_of(arrays: Arrays, side: int, fit: Fit) -> ImageSet:
    """Return the images as squares; classes without an image are left out."""
    present = np.unique(arrays.truth)
    flat = arrays.pixels[..., 0] if arrays.pixels.shape[3:] == (1,) else arrays.pixels
    return ImageSet(
        pixels=np.stack([to_square(Image.fromarray(one), side, fit) for one in flat]),
        truth=np.searchsorted(present, arrays.truth),
        classes=tuple(arrays.classes[number] for number in present.tolist()),
        names=tuple(f"#{number}" for number in range(len(flat))),
        digests=tuple(hashlib.sha256(np.ascontiguousarray(one).tobytes()).hexdigest() for one in flat),
    )


def _part(found: Mapping[str, Any], name: str, part: str) -> Any:
    return found.get(f"{name}_{part}", found.get(name))
