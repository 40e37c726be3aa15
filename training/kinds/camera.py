"""What a telephone's camera makes of a sheet that lies on something."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

from training.kinds.dice import Dice

Pixels = npt.NDArray[np.float32]
Point = tuple[float, float]


def photographed(page: Image.Image, dice: Dice, *, fill: float | None = None) -> Image.Image:
    """Return a photo of a sheet on a table, from above or aslant, in the light of a room.

    Args:
        page: The sheet alone.
        dice: What decides the place, the light and the table.
        fill: Share of the picture's side that the sheet takes; above one its edges are cut off. By chance if absent.
    """
    share = fill or dice.between(0.72, 1.12)
    width, height = page.size
    scale = 640 / max(width, height)
    frame = (
        round(width * scale / share * dice.between(0.9, 1.25)),
        round(height * scale / share * dice.between(0.9, 1.1)),
    )
    corners = _corners(dice, frame, (width * scale, height * scale))
    coefficients = _perspective(corners, ((0, 0), (width, 0), (width, height), (0, height)))
    sheet = page.transform(frame, Image.Transform.PERSPECTIVE, coefficients, Image.Resampling.BILINEAR)
    mask = Image.new("L", page.size, 255).transform(frame, Image.Transform.PERSPECTIVE, coefficients)
    scene = table(dice, *frame)
    shadow = mask.filter(ImageFilter.BoxBlur(dice.whole(2, 9))).point(lambda value: value * 0.45)
    scene.paste((0, 0, 0), (dice.whole(-4, 7), dice.whole(-2, 8)), shadow)
    scene.paste(sheet, (0, 0), mask)
    return exposed(scene, dice)


def exposed(scene: Image.Image, dice: Dice) -> Image.Image:
    """Return a scene as a cheap lens and a small chip see it: falling light, a tint, a blur, noise."""
    if dice.chance(0.6):
        scene = scene.filter(ImageFilter.GaussianBlur(dice.between(0.3, 1.4)))
    pixels = np.asarray(scene, dtype=np.float32) * _light(dice, scene.height, scene.width)[..., None]
    tint = np.array([dice.between(0.92, 1.06), dice.between(0.94, 1.02), dice.between(0.78, 1.04)], dtype=np.float32)
    noise = np.resize(dice.rng.standard_normal((97, *pixels.shape[1:]), dtype=np.float32), pixels.shape) * dice.between(
        0.5, 7
    )
    return Image.fromarray(np.clip(pixels * tint + noise, 0, 255).astype(np.uint8))


def table(dice: Dice, width: int, height: int) -> Image.Image:
    """Return something a sheet may lie on: wood, cloth, stone, or a plain desk."""
    base = np.array(
        dice.pick((dice.ink(), dice.grey(10, 230), (150, 105, 70), (95, 62, 40), (190, 160, 125))), dtype=np.float32
    )
    kind = dice.pick(("wood", "plain", "cloth", "stone"))
    if kind == "plain":
        pattern = np.zeros((height, width), dtype=np.float32)
    elif kind == "wood":
        pattern = smooth_noise(dice, height, width, dice.whole(20, 70), 3) * 26
    elif kind == "cloth":
        waves = (
            np.sin(np.arange(width) * dice.between(0.3, 1.5))[None]
            * np.sin(np.arange(height) * dice.between(0.3, 1.5))[:, None]
        )
        pattern = waves.astype(np.float32) * 18 + smooth_noise(dice, height, width, 6, 6) * 20
    else:
        pattern = smooth_noise(dice, height, width, 60, 60) * 16 + smooth_noise(dice, height, width, 9, 9) * 14
    if dice.chance(0.5):
        pattern = smooth_noise(dice, height, width, 3, 3) * 25 + pattern
    return Image.fromarray(np.clip(base + pattern[..., None], 0, 255).astype(np.uint8))


def crumpled(page: Image.Image, dice: Dice) -> Image.Image:
    """Return a sheet with folds and waves, as it comes from a pocket."""
    shade = 1 + smooth_noise(dice, page.height, page.width, dice.whole(4, 14), dice.whole(3, 9)) * dice.between(
        0.02, 0.07
    )
    for _ in range(dice.whole(0, 3)):
        at = dice.whole(0, page.height - 1)
        shade[at : at + 3] *= dice.between(0.75, 1.1)
    pixels = np.asarray(page, dtype=np.float32) * shade[..., None]
    return Image.fromarray(np.clip(pixels, 0, 255).astype(np.uint8))


def smooth_noise(dice: Dice, height: int, width: int, down: int, across: int) -> Pixels:
    """Return normal noise of so many cells, float32 (height, width), with no steps between them."""
    coarse = dice.rng.standard_normal((down, across), dtype=np.float32)
    return np.asarray(Image.fromarray(coarse).resize((width, height), Image.Resampling.BILINEAR))


def _light(dice: Dice, height: int, width: int) -> Pixels:
    """Return the brightness of each pixel: a lamp somewhere, and perhaps the shadow of a hand."""
    down, across = (
        np.linspace(-1, 1, height, dtype=np.float32)[:, None],
        np.linspace(-1, 1, width, dtype=np.float32)[None],
    )
    lamp = (across - dice.between(-1, 1)) ** 2 + (down - dice.between(-1, 1)) ** 2
    light = dice.between(0.75, 1.12) - dice.between(0, 0.13) * lamp
    if dice.chance(0.25):
        edge = across * dice.between(-1, 1) + down * dice.between(-1, 1) + dice.between(-0.6, 0.6)
        light = light * (1 - dice.between(0.1, 0.4) / (1 + np.exp(-edge * dice.between(4, 30))))
    return np.asarray(light, dtype=np.float32)


def _corners(dice: Dice, frame: tuple[int, int], size: Point) -> Sequence[Point]:
    angle = float(dice.rng.normal(0, 0.08)) + (dice.pick((-1.57, 1.57)) if dice.chance(0.04) else 0)
    tilt = dice.between(0.0, 0.09)
    centre = (frame[0] / 2 + dice.between(-0.05, 0.05) * frame[0], frame[1] / 2 + dice.between(-0.05, 0.05) * frame[1])
    found = []
    for across, down in ((-0.5, -0.5), (0.5, -0.5), (0.5, 0.5), (-0.5, 0.5)):
        x = across * size[0] * (1 + dice.between(-tilt, tilt))
        y = down * size[1] * (1 + dice.between(-tilt, tilt))
        found.append(
            (centre[0] + x * np.cos(angle) - y * np.sin(angle), centre[1] + x * np.sin(angle) + y * np.cos(angle))
        )
    return found


def _perspective(seen: Sequence[Point], sheet: Sequence[Point]) -> Sequence[float]:
    """Return the eight numbers by which Pillow finds, for a point that is seen, its place on the sheet."""
    rows, values = [], []
    for (x, y), (u, v) in zip(seen, sheet, strict=True):
        rows += [[x, y, 1, 0, 0, 0, -u * x, -u * y], [0, 0, 0, x, y, 1, -v * x, -v * y]]
        values += [u, v]
    return [float(value) for value in np.linalg.solve(np.array(rows), np.array(values))]
