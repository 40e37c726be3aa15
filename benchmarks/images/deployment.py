"""The same images as another day and another camera give them: other light, soft, cut off, and saved as poor JPEG.

That is where the cucumber sorter fell from 95 % to 70 %. None of it is done by what changes images in training.
"""

import io

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter

from training.images.examples import Pixels

_JPEG_QUALITY = 40
_SMALLEST_CROP = 0.88  # of the side
_LIGHT = (0.65, 1.35)
_TINT = (0.9, 1.1)
_BLUR = 0.015  # of the side, radius at most


def as_deployed(pixels: Pixels, seed: int) -> Pixels:
    """Return each image, uint8 (images, side, side, 3), as it might come in use; the seed decides how."""
    draw = np.random.default_rng(seed)
    return np.stack([_in_use(one, draw) for one in pixels])


def _in_use(pixels: Pixels, draw: np.random.Generator) -> Pixels:
    side = pixels.shape[0]
    kept = side * draw.uniform(_SMALLEST_CROP, 1.0)
    left, upper = draw.uniform(0, side - kept, 2)
    image = Image.fromarray(pixels).resize(
        (side, side), Image.Resampling.BILINEAR, (left, upper, left + kept, upper + kept)
    )
    image = ImageEnhance.Brightness(image).enhance(draw.uniform(*_LIGHT))
    image = ImageEnhance.Contrast(image).enhance(draw.uniform(*_LIGHT))
    tinted = np.clip(np.asarray(image, np.float32) * draw.uniform(*_TINT, 3), 0, 255).astype(np.uint8)
    image = Image.fromarray(tinted).filter(ImageFilter.GaussianBlur(draw.uniform(0, max(_BLUR * side, 0.6))))
    saved = io.BytesIO()
    image.save(saved, "JPEG", quality=_JPEG_QUALITY)
    return np.asarray(Image.open(saved).convert("RGB"))
