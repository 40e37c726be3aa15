"""Marks of houses: flat shapes, letters, a few colours; drawn four times too large and made smaller, so that edges are smooth."""

import math

from PIL import Image, ImageDraw

from training.kinds.dice import Dice
from training.kinds.sheet import Colour
from training.kinds.studio import Studio
from training.kinds.typefaces import font

_WHITE: Colour = (255, 255, 255)
_LARGE = 512


def emblem(studio: Studio) -> Image.Image:
    """Return a mark without words."""
    ground = _ground(studio.dice)
    return _small(_mark(studio, ground, palette(studio.dice)), studio.dice)


def app_icon(studio: Studio) -> Image.Image:
    """Return a rounded square or a disc, of one colour or two that run into each other, with a light mark or a letter."""
    dice = studio.dice
    tile = _gradient(dice)
    image = Image.new("RGB", (_LARGE, _LARGE), _ground(dice))
    mask = Image.new("L", (_LARGE, _LARGE))
    shape, inset = ImageDraw.Draw(mask), dice.pick((0, 0, 12, 40))
    box = (inset, inset, _LARGE - inset, _LARGE - inset)
    shape.ellipse(box, fill=255) if dice.chance(0.25) else shape.rounded_rectangle(
        box, dice.pick((0, 60, 110, 150)), fill=255
    )
    image.paste(tile, (0, 0), mask)
    draw = ImageDraw.Draw(image)
    ink = dice.pick((_WHITE, _WHITE, _WHITE, dice.grey(0, 40), dice.colour(120, 255)))
    if dice.chance(0.45):
        text, face = studio.wording.title(1)[: dice.whole(1, 2)], studio.face("sans", "display", "serif")
        draw.text((_LARGE / 2, _LARGE / 2), text, ink, font(face, dice.whole(200, 330)), anchor="mm")
    else:
        shapes(dice, draw, (110, 110, 400, 400), [ink, ink, dice.colour(90, 255)])
    return _small(image, dice)


def wordmark(studio: Studio) -> Image.Image:
    """Return a name set large, with a mark before or above it or none, and perhaps a line below."""
    dice, words = studio.dice, studio.wording
    ground, colours = _ground(dice), palette(dice)
    name = words.title(dice.pick((1, 1, 1, 2)))
    name = dice.pick((name, name.lower(), name.upper()))
    used = font(studio.face("sans", "display", "serif", "hand", "sans"), dice.whole(90, 190))
    length, high = round(used.getlength(name)), round(getattr(used, "size", 20) * 1.3)
    marked, above = dice.chance(0.6), dice.chance(0.25)
    side = round(high * dice.between(0.8, 1.3)) if not above else round(high * dice.between(1, 2.5))
    pad = dice.pick((0, 4, 20, 60))
    wide = max(length, side) if above else length + (side + high // 4 if marked else 0)
    tall = (high + side if above and marked else max(high, side if marked else 0)) + (
        60 if (line := dice.chance(0.2)) else 0
    )
    image = Image.new("RGB", (wide + 2 * pad, tall + 2 * pad), ground)
    draw = ImageDraw.Draw(image)
    ink = _readable(dice.pick((colours[0], (20, 20, 20), (60, 60, 70))), ground)
    if marked:
        place = ((wide - side) // 2 + pad, pad) if above else (pad, pad)
        image.paste(_mark(studio, ground, colours).resize((side, side)), place)
    x = pad + (side + high // 4 if marked and not above else (wide - length) // 2)
    y = pad + (side if marked and above else 0)
    draw.text((x, y), name, ink, used)
    if line:
        draw.text((x, y + high), words.words(5), ink, font(studio.face("sans"), 40))
    return _small(image, dice)


def palette(dice: Dice) -> list[Colour]:
    """Return two to four colours that go together."""
    if dice.chance(0.15):
        return [dice.grey(0, 60)] * 3
    colours = [dice.ink(), dice.ink(), dice.colour(0, 255), dice.colour(30, 240)]
    return colours[: dice.whole(2, 4)]


def shapes(dice: Dice, draw: ImageDraw.ImageDraw, box: tuple[int, int, int, int], colours: list[Colour]) -> None:
    """Draw one to seven flat shapes into a box."""
    left, top, right, bottom = box
    middle, radius = ((left + right) / 2, (top + bottom) / 2), (right - left) / 2
    kind = dice.pick(("rings", "petals", "polygon", "bars", "blobs", "star", "blocks", "curve"))
    count, turn = dice.whole(2, 7), dice.between(0, 6.28)
    if kind == "rings":
        for number in range(count // 2 + 1):
            inset = radius * number / (count // 2 + 1)
            draw.ellipse(
                (left + inset, top + inset, right - inset, bottom - inset),
                outline=dice.pick(colours),
                width=max(3, round(radius / dice.whole(4, 9))),
            )
    elif kind == "petals":
        for number in range(count):
            angle = turn + number * 6.283 / count
            x, y = middle[0] + math.cos(angle) * radius * 0.5, middle[1] + math.sin(angle) * radius * 0.5
            size = radius * dice.between(0.35, 0.5)
            draw.ellipse((x - size, y - size, x + size, y + size), fill=dice.pick(colours))
    elif kind in ("polygon", "star"):
        inner = dice.between(0.35, 0.7) if kind == "star" else 1
        points = [
            _on_circle(middle, radius * (inner if step % 2 else 1), turn + step * 3.1416 / max(3, count))
            for step in range(2 * max(3, count))
        ]
        draw.polygon(points, fill=dice.pick(colours))
        small = [((x - middle[0]) * 0.5 + middle[0], (y - middle[1]) * 0.5 + middle[1]) for x, y in points]
        draw.polygon(small, fill=dice.pick(colours))
    elif kind == "bars":
        wide, slant = (right - left) / count, dice.pick((0, 0, radius / 2))
        for number in range(count):
            x, high = left + number * wide, dice.between(0.3, 1) * (bottom - top)
            draw.polygon(
                (
                    (x + slant, bottom - high),
                    (x + slant + wide * 0.7, bottom - high),
                    (x + wide * 0.7, bottom),
                    (x, bottom),
                ),
                fill=dice.pick(colours),
            )
    elif kind == "blocks":
        cells = dice.whole(2, 4)
        step = (right - left) / cells
        for row in range(cells):
            for column in range(cells):
                if dice.chance(0.65):
                    corner = (left + column * step, top + row * step)
                    draw.rounded_rectangle(
                        (*corner, corner[0] + step * 0.92, corner[1] + step * 0.92),
                        dice.pick((0, step / 4)),
                        dice.pick(colours),
                    )
    elif kind == "blobs":
        for _ in range(count):
            x, y, size = dice.between(left, middle[0]), dice.between(top, middle[1]), radius * dice.between(0.4, 1)
            draw.pieslice((x, y, x + size, y + size), dice.whole(0, 3) * 90, dice.whole(4, 7) * 90, dice.pick(colours))
    else:
        points = [
            _on_circle(middle, radius * dice.between(0.3, 1), turn + step * 6.283 / count) for step in range(count + 1)
        ]
        draw.line(points, dice.pick(colours), max(4, round(radius / dice.whole(3, 8))), joint="curve")


def _mark(studio: Studio, ground: Colour, colours: list[Colour]) -> Image.Image:
    image = Image.new("RGB", (_LARGE, _LARGE), ground)
    draw = ImageDraw.Draw(image)
    usable = [_readable(colour, ground) for colour in colours]
    inset = studio.dice.pick((4, 20, 60))
    for _ in range(studio.dice.pick((1, 1, 2, 3))):
        shapes(studio.dice, draw, (inset, inset, _LARGE - inset, _LARGE - inset), usable)
    return image


def _ground(dice: Dice) -> Colour:
    return dice.pick((_WHITE, _WHITE, _WHITE, _WHITE, _WHITE, (0, 0, 0), dice.ink(), dice.grey(200, 250)))


def _readable(colour: Colour, ground: Colour) -> Colour:
    return (
        _WHITE if sum(abs(a - b) for a, b in zip(colour, ground, strict=True)) < 120 and sum(ground) < 600 else colour
    )


def _gradient(dice: Dice) -> Image.Image:
    first, second = dice.ink(), dice.ink()
    if dice.chance(0.5):
        return Image.new("RGB", (_LARGE, _LARGE), dice.pick((first, dice.colour(0, 255), dice.grey(0, 255))))
    ends = Image.new("RGB", (2, 2), first)
    ends.putpixel((1, 1), second)
    return ends.resize((_LARGE, _LARGE), Image.Resampling.BICUBIC)


def _on_circle(middle: tuple[float, float], radius: float, angle: float) -> tuple[float, float]:
    return middle[0] + math.cos(angle) * radius, middle[1] + math.sin(angle) * radius


def _small(image: Image.Image, dice: Dice) -> Image.Image:
    side = dice.pick((24, 48, 90, 128, 180, 240, 240, 400))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image
