"""Real photos, seen closer, in other light, one before another: there are few, and no photo can be drawn honestly.

What makes a photo is left whole: its grain, its soft edges, its shades. What is only of these photos (things in the
middle of a white table) is broken up, so that it is not what a photo is known by.
"""

import numpy as np
from PIL import Image, ImageFilter, ImageOps

from training.kinds.camera import exposed, smooth_noise, table
from training.kinds.dice import Dice


def seen_again(photo: Image.Image, other: Image.Image, dice: Dice) -> Image.Image:
    """Return a photo as another visit might have made it.

    Args:
        photo: RGB.
        other: A second photo, of which there may be something behind or before.
        dice: What decides.
    """
    if dice.chance(0.3):
        return photo
    photo = _part(photo, dice)
    how = dice.pick(("alone", "alone", "mixed", "mixed", "placed"))
    if how == "mixed":
        photo = _mixed(photo, _part(other, dice), dice)
    elif how == "placed":
        photo = _placed(photo, dice)
    photo = _coloured(photo, dice)
    return exposed(photo, dice) if dice.chance(0.5) else photo


def _part(photo: Image.Image, dice: Dice) -> Image.Image:
    """Return a part of any shape, turned or mirrored; small parts are made larger, so that their grain is seen."""
    share = dice.between(0.3, 1.0) ** 0.7
    width = min(photo.width, max(24, round(photo.width * share)))
    height = max(24, min(photo.height, round(width * dice.between(0.6, 1.4) * photo.height / photo.width)))
    left, top = dice.whole(0, photo.width - width), dice.whole(0, photo.height - height)
    part = photo.crop((left, top, left + width, top + height))
    if dice.chance(0.5):
        part = ImageOps.mirror(part)
    if dice.chance(0.3):
        part = part.transpose(
            dice.pick((Image.Transpose.ROTATE_90, Image.Transpose.ROTATE_180, Image.Transpose.ROTATE_270))
        )
    scale = dice.whole(150, 420) / max(part.size)
    return part.resize(
        (max(8, round(part.width * scale)), max(8, round(part.height * scale))), Image.Resampling.BICUBIC
    )


def _mixed(photo: Image.Image, other: Image.Image, dice: Dice) -> Image.Image:
    """Put parts of another photo before this one; edges are soft, as of what is out of focus, or sharp."""
    other = other.resize(photo.size, Image.Resampling.BICUBIC)
    if dice.chance(0.25):
        other = other.filter(ImageFilter.GaussianBlur(dice.between(1, 8)))
    cells = dice.whole(2, 9)
    edge = smooth_noise(dice, photo.height, photo.width, cells, cells) * dice.pick((2, 6, 40)) + dice.between(-1, 1)
    mask = Image.fromarray((255 / (1 + np.exp(-np.clip(edge, -30, 30)))).astype(np.uint8))
    return Image.composite(photo, other, mask)


def _placed(photo: Image.Image, dice: Dice) -> Image.Image:
    """Put what stands on a white table on another one: the light ground is multiplied with it."""
    ground = np.asarray(table(dice, *photo.size), dtype=np.float32)
    pixels = np.asarray(photo, dtype=np.float32)
    return Image.fromarray(np.clip(pixels * ground / dice.between(150, 230), 0, 255).astype(np.uint8))


def _coloured(photo: Image.Image, dice: Dice) -> Image.Image:
    """Turn the colours, make them stronger or weaker, and change the contrast; some photos have no colour at all."""
    if dice.chance(0.06):
        return photo.convert("L").convert("RGB")
    if dice.chance(0.45):
        hue, saturation, value = photo.convert("HSV").split()
        turn, more = dice.whole(0, 255), dice.between(0.8, 3.5)
        hue = hue.point([(level + turn) % 256 for level in range(256)])
        saturation = saturation.point([min(255, round(level * more)) for level in range(256)])
        photo = Image.merge("HSV", (hue, saturation, value)).convert("RGB")
    curve, gain = dice.between(0.5, 2.2), dice.between(0.85, 1.2)
    levels = [min(255, round(255 * gain * (level / 255) ** curve)) for level in range(256)]
    return photo.point(levels * 3)
