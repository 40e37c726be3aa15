"""Any of Pillow's modes as red, green and blue, eight bits each."""

import numpy as np
from PIL import Image

_SIXTEEN_BITS = ("I;16", "I;16L", "I;16B", "I;16N")
_WITH_ALPHA = ("RGBA", "RGBa", "LA", "La", "PA")
WHITE = (255, 255, 255)


def reducible(image: Image.Image) -> Image.Image:
    """Return a loaded image in a mode whose pixels can be averaged: L, RGB or RGBA."""
    if image.mode in _SIXTEEN_BITS:
        return Image.fromarray((np.asarray(image) >> 8).astype(np.uint8))
    if image.mode in ("I", "F"):
        return _stretched(image)
    if image.mode in _WITH_ALPHA or image.has_transparency_data:
        return image if image.mode == "RGBA" else image.convert("RGBA")
    if image.mode in ("1", "L"):
        return image.convert("L")
    return image if image.mode == "RGB" else image.convert("RGB")


def over_white(image: Image.Image) -> Image.Image:
    """Return an L, RGB or RGBA image as RGB; what is transparent shows white, as in most programs that show mail."""
    if image.mode != "RGBA":
        return image.convert("RGB")
    ground = Image.new("RGB", image.size, WHITE)
    ground.paste(image, mask=image.getchannel("A"))
    return ground


def _stretched(image: Image.Image) -> Image.Image:
    """Return an image of 32 bits a pixel as L: what is darkest in it becomes black, and what is brightest white."""
    values = np.asarray(image, dtype=np.float32)
    finite = np.isfinite(values)
    darkest, brightest = (values[finite].min(), values[finite].max()) if finite.any() else (0.0, 0.0)
    scale = 255.0 / (brightest - darkest) if brightest > darkest else 0.0
    grey = (np.where(finite, values, darkest) - darkest) * scale
    return Image.fromarray(np.clip(np.nan_to_num(grey), 0.0, 255.0).astype(np.uint8))
