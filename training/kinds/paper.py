"""What a copier, a fax or a scanner makes of a page."""

from collections.abc import Sequence
from typing import Literal

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFilter

from training.kinds.dice import Dice

Grey = npt.NDArray[np.float32]
Way = Literal["bitonal", "grey", "colour", "clean"]
# Archives and faxes keep black and white.
WAYS: Sequence[Way] = ("bitonal", "bitonal", "bitonal", "grey", "grey", "colour", "clean")


def scanned(page: Image.Image, dice: Dice, ways: Sequence[Way] = WAYS) -> Image.Image:
    """Return a page as it comes from a machine: in black and white, in grey or in colour, never quite clean.

    Args:
        page: RGB.
        dice: What decides.
        ways: What the machine may keep; one that is listed twice is twice as likely.
    """
    page = _aged(page, dice)
    if dice.chance(0.6):
        page = _skewed(page, dice)
    kind = dice.pick(ways)
    if kind == "clean":
        return page
    if kind == "colour":
        return _with_light(page, dice)
    grey = np.asarray(page.convert("L"), dtype=np.float32)
    if kind == "grey":
        return Image.fromarray(_grain(grey, dice)).convert("RGB")
    return _bitonal(grey, dice)


def _aged(page: Image.Image, dice: Dice) -> Image.Image:
    """Add what happened to the paper before: the other side showing through, holes, staples, stains, margins."""
    draw = ImageDraw.Draw(page)
    width, height = page.size
    if dice.chance(0.1):
        other_side = page.transpose(Image.Transpose.FLIP_LEFT_RIGHT).filter(ImageFilter.GaussianBlur(2))
        page = Image.blend(
            page, Image.composite(page, other_side, page.convert("L").point(lambda value: 255 - value)), 0.15
        )
        draw = ImageDraw.Draw(page)
    if dice.chance(0.2):
        _punch_holes(draw, dice, width, height)
    if dice.chance(0.15):
        x, y, long = dice.between(0.02, 0.1) * width, dice.between(0.02, 0.06) * height, width // 30
        draw.line((x, y, x + long, y + dice.whole(-8, 8)), dice.grey(40, 140), 2)
    if dice.chance(0.25):
        _dark_border(draw, dice, width, height)
    return page


def _punch_holes(draw: ImageDraw.ImageDraw, dice: Dice, width: int, height: int) -> None:
    ink, radius, x = dice.grey(0, 110), width // 70, dice.between(0.02, 0.06) * width
    places = dice.pick(((0.36, 0.64), (0.12, 0.5, 0.88), (0.2, 0.4, 0.6, 0.8)))
    top = dice.chance(0.25)
    for place in places:
        across, down = (place * width, x) if top else (x, place * height)
        draw.ellipse((across - radius, down - radius, across + radius, down + radius), fill=ink)


def _dark_border(draw: ImageDraw.ImageDraw, dice: Dice, width: int, height: int) -> None:
    ink = dice.grey(0, 60)
    for side in range(4):
        if dice.chance(0.4):
            near, far = (dice.between(0, 0.035) for _ in range(2))
            corners = {
                0: ((0, 0), (width, 0), (width, near * height), (0, far * height)),
                1: ((0, height), (width, height), (width, (1 - near) * height), (0, (1 - far) * height)),
                2: ((0, 0), (0, height), (near * width, height), (far * width, 0)),
                3: ((width, 0), (width, height), ((1 - near) * width, height), ((1 - far) * width, 0)),
            }[side]
            draw.polygon(corners, fill=ink)


def _skewed(page: Image.Image, dice: Dice) -> Image.Image:
    angle = float(dice.rng.normal(0, 0.9))
    fill = dice.pick(((255, 255, 255), (255, 255, 255), (0, 0, 0), (200, 200, 200)))
    return page.rotate(angle, Image.Resampling.BILINEAR, fillcolor=fill)


def _noise(dice: Dice, shape: tuple[int, ...]) -> Grey:
    """Return normal noise; it repeats along the page, for numbers by the million take long to throw."""
    strip = dice.rng.standard_normal((97, *shape[1:]), dtype=np.float32)
    return np.resize(strip, shape)


def _grain(grey: Grey, dice: Dice) -> npt.NDArray[np.uint8]:
    black, white = dice.between(0, 70), dice.between(215, 256)
    noise = _noise(dice, grey.shape) * dice.between(1, 9)
    return np.clip(black + grey * (white - black) / 255 + noise, 0, 255).astype(np.uint8)


def _with_light(page: Image.Image, dice: Dice) -> Image.Image:
    """Return a colour scan: paper that is not white, and a lid that was not shut."""
    pixels = np.asarray(page, dtype=np.float32)
    paper = np.array([dice.between(225, 256), dice.between(222, 253), dice.between(205, 252)], dtype=np.float32)
    fall = np.linspace(1, dice.between(0.85, 1.0), pixels.shape[1], dtype=np.float32)[None, :, None]
    noise = _noise(dice, pixels.shape) * dice.between(0.5, 5)
    return Image.fromarray(np.clip(pixels * paper / 255 * fall + noise, 0, 255).astype(np.uint8))


def _bitonal(grey: Grey, dice: Dice) -> Image.Image:
    """Return what a fax or an old archive keeps: black or white, with specks, thick or broken letters."""
    black = grey < dice.between(110, 225)
    if dice.chance(0.35):
        black = grey + _noise(dice, grey.shape) * dice.between(3, 35) < dice.between(110, 205)
    specks = np.abs(_noise(dice, grey.shape)) > dice.between(3.0, 5)
    page = np.where(black | specks, 0, 255).astype(np.uint8)
    if dice.chance(0.12):
        for row in dice.rng.integers(0, len(page), dice.whole(1, 12)):
            page[row : row + dice.whole(1, 2)] = dice.pick((0, 255))
    image = Image.fromarray(page)
    if dice.chance(0.25):
        image = image.filter(ImageFilter.MinFilter(3))
    return image.convert("RGB")
