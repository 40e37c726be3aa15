"""Decorations that are no mark: banners of newsletters, dividers, spacers, signatures as pictures."""

from PIL import Image, ImageDraw

from training.kinds.logos.emblems import palette
from training.kinds.logos.shapes import draw_shape
from training.kinds.sheet import Colour, scribble
from training.kinds.studio import Studio

_WHITE: Colour = (255, 255, 255)


def banner(studio: Studio) -> Image.Image:
    """Return a wide strip with a few words, flat shapes and perhaps a button."""
    dice, words = studio.dice, studio.wording
    width = dice.whole(320, 640)
    height = round(width / dice.between(2, 7))
    colours = palette(dice)
    ends = Image.new("RGB", (2, 1), colours[0])
    ends.putpixel((1, 0), dice.pick(colours))
    image = ends.resize((width, height), Image.Resampling.BICUBIC)
    draw = ImageDraw.Draw(image)
    for _ in range(dice.whole(0, 3)):
        x, size = dice.whole(0, width), dice.whole(height // 2, height)
        draw_shape(dice, draw, (x, (height - size) // 2, x + size, (height + size) // 2), colours)
    ink = _WHITE if sum(colours[0]) < 430 else (20, 20, 20)
    draw.text(
        (width * 0.06, height * 0.2),
        words.title(dice.whole(1, 3)),
        ink,
        studio.font(height * dice.between(0.18, 0.35), "display", "sans", "serif", "hand"),
    )
    if dice.chance(0.5):
        draw.text((width * 0.06, height * 0.62), words.words(4), ink, studio.font(max(8, height * 0.12), "sans"))
    if dice.chance(0.3):
        draw.rounded_rectangle(
            (width * 0.7, height * 0.55, width * 0.94, height * 0.8), 6, dice.pick((_WHITE, dice.ink()))
        )
    return image


def divider(studio: Studio) -> Image.Image:
    """Return a thin strip between two parts of a letter."""
    dice = studio.dice
    image = Image.new("RGB", (dice.whole(200, 640), dice.whole(2, 24)), dice.pick((_WHITE, dice.colour(200, 255))))
    draw, y = ImageDraw.Draw(image), image.height // 2
    draw.line((0, y, image.width, y), dice.ink(), max(1, image.height // dice.whole(2, 6)))
    return image


def spacer(studio: Studio) -> Image.Image:
    """Return an empty picture, of one colour or two that run into each other."""
    dice = studio.dice
    ends = Image.new("RGB", (1, 2), dice.pick((_WHITE, dice.colour(0, 255))))
    if dice.chance(0.4):
        ends.putpixel((0, 1), dice.colour(0, 255))
    return ends.resize((dice.pick((1, 8, 60, 600)), dice.pick((1, 8, 40, 200))), Image.Resampling.BICUBIC)


def signature(studio: Studio) -> Image.Image:
    """Return a signature as mail carries it: a curve of a pen, alone or over a name."""
    dice, words = studio.dice, studio.wording
    width = dice.whole(140, 420)
    image = Image.new("RGB", (width, round(width / dice.between(1.8, 4))), _WHITE)
    draw, ink = ImageDraw.Draw(image), dice.pick(((15, 20, 110), (10, 10, 10), (60, 60, 60)))
    scribble(draw, dice, (4, 4, width - 4, image.height * 0.8), ink, dice.whole(2, 5))
    if dice.chance(0.4):
        draw.text(
            (width * 0.1, image.height * 0.78), words.title(2), ink, studio.font(image.height * 0.15, "sans", "serif")
        )
    return image
