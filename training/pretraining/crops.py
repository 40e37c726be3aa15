"""What the backbone of our own learns from: crops of images that a model we give away may learn from, unlabelled.

A fifth of TrashNet, chosen by the digests of the files, is kept out, so that the set can tell what the backbone is
worth on photos it never saw.
"""

import hashlib
import io
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.kinds.collection import pictures_of
from training.kinds.examples import on_white
from training.kinds.sources import LEARNED, Source
from training.pretraining.teacher import SIDE as TEACHER_SIDE

SIDE = 128
CROPS = 8  # of an image, the first of them now and then the whole of it
OF_ONE = 160  # of a source that has one image alone
_LEAST, _ELONGATED = 0.25, 1.43  # share of the area, and ratio of the edges

Pixels = npt.NDArray[np.uint8]


def is_kept_out(digest: str) -> bool:
    """Say whether a photo of TrashNet is kept out, by the SHA-256 of its file in hexadecimal."""
    return int(digest[:2], 16) < 51


def crops(seed: int) -> Iterator[tuple[Pixels, Pixels]]:
    """Yield crops of all images: as the student stores them (128, 128, 3), and as the teacher sees them."""
    draw = np.random.default_rng(seed)
    for source in LEARNED:
        # What kind an image is of does not matter here, so none is left out for being of two.
        found = pictures_of(replace(source, leaves_out=()))
        images = {name: data for name, data in found.items() if not _is_out(source, data)}
        for data in images.values():
            picture = _opened(data)
            for number in range(OF_ONE if len(images) == 1 else CROPS):
                yield _crop(picture, draw, may_be_whole=number == 0)


def _is_out(source: Source, data: bytes) -> bool:
    return source.name == "trashnet" and is_kept_out(hashlib.sha256(data).hexdigest())


def _opened(data: bytes) -> Image.Image:
    with Image.open(io.BytesIO(data)) as opened:
        return on_white(opened)


def _crop(picture: Image.Image, draw: np.random.Generator, *, may_be_whole: bool) -> tuple[Pixels, Pixels]:
    if not (may_be_whole and draw.random() < 0.5):
        width, height = picture.size
        area = width * height * draw.uniform(_LEAST, 1.0)
        ratio = float(np.exp(draw.uniform(-np.log(_ELONGATED), np.log(_ELONGATED))))
        across = max(8, min(width, int((area * ratio) ** 0.5)))
        down = max(8, min(height, int((area / ratio) ** 0.5)))
        left, top = int(draw.integers(0, max(width - across, 0) + 1)), int(draw.integers(0, max(height - down, 0) + 1))
        picture = picture.crop((left, top, left + across, top + down))
    if draw.random() < 0.5:
        picture = picture.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
    way = Image.Resampling.BOX if min(picture.size) > 2 * SIDE else Image.Resampling.BILINEAR
    small = picture.resize((SIDE, SIDE), way, reducing_gap=2)
    return np.asarray(small), np.asarray(picture.resize((TEACHER_SIDE, TEACHER_SIDE), Image.Resampling.BILINEAR))
