"""Marks of houses: flat shapes, letters, a few colours; drawn too large and made smaller, so that edges are smooth."""

from PIL import Image, ImageDraw

from training.kinds.dice import Dice
from training.kinds.logos.shapes import draw_shape
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
    """Return a rounded square or a disc, of one colour or two, with a light mark or a letter."""
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
        draw_shape(dice, draw, (110, 110, 400, 400), [ink, ink, dice.colour(90, 255)])
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


def _mark(studio: Studio, ground: Colour, colours: list[Colour]) -> Image.Image:
    image = Image.new("RGB", (_LARGE, _LARGE), ground)
    draw = ImageDraw.Draw(image)
    usable = [_readable(colour, ground) for colour in colours]
    inset = studio.dice.pick((4, 20, 60))
    for _ in range(studio.dice.pick((1, 1, 2, 3))):
        draw_shape(studio.dice, draw, (inset, inset, _LARGE - inset, _LARGE - inset), usable)
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


def _small(image: Image.Image, dice: Dice) -> Image.Image:
    side = dice.pick((24, 48, 90, 128, 180, 240, 240, 400))
    image.thumbnail((side, side), Image.Resampling.LANCZOS)
    return image
