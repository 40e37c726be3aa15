"""What is written by hand: notes on lined paper, lists, cards."""

from PIL import Image

from training.kinds.sheet import Colour, Sheet, scribble
from training.kinds.studio import Studio

_PAPERS: tuple[Colour, ...] = ((255, 255, 255), (252, 250, 240), (255, 244, 170), (245, 246, 250))
_PENS: tuple[Colour, ...] = ((20, 30, 110), (15, 15, 15), (60, 60, 70), (140, 25, 30))


def note(studio: Studio) -> Image.Image:
    """Return a page of handwriting, on plain, lined or squared paper."""
    dice, words = studio.dice, studio.wording
    sheet = Sheet(dice.whole(500, 760), dice.whole(560, 960), dice.whole(30, 80), dice.pick(_PAPERS))
    _ruling(studio, sheet)
    written, pen = dice.chance(0.5), dice.pick(_PENS)
    font = studio.font(dice.whole(16, 34), "hand")
    for _ in range(dice.whole(1, 6)):
        if written:
            sheet.paragraph(words.paragraph(dice.whole(1, 4)), font, pen, leading=dice.between(1.2, 1.7))
        else:
            _curly_lines(studio, sheet, pen, dice.whole(2, 7))
        sheet.y += dice.whole(4, 40)
        if sheet.is_full:
            break
    return sheet.image


def whiteboard_list(studio: Studio) -> Image.Image:
    """Return a list in thick pen: short lines, arrows, something in a circle."""
    dice, words = studio.dice, studio.wording
    sheet = Sheet(dice.whole(600, 900), dice.whole(450, 900), 50, dice.pick(_PAPERS))
    font = studio.font(dice.whole(24, 48), "hand")
    for _ in range(dice.whole(3, 10)):
        pen = dice.pick(_PENS)
        sheet.line(
            dice.pick(("- ", "", "* ", "→ ")) + words.words(dice.whole(1, 4)), font, pen, leading=dice.between(1.2, 2)
        )
        if dice.chance(0.2):
            x, y = dice.whole(40, sheet.image.width - 200), sheet.y
            sheet.draw.ellipse((x, y, x + dice.whole(60, 180), y + dice.whole(30, 80)), outline=pen, width=4)
        if sheet.is_full:
            break
    return sheet.image


def card(studio: Studio) -> Image.Image:
    """Return a card: an identity, a member, a business card, the address on a parcel."""
    dice, words = studio.dice, studio.wording
    sheet = Sheet(
        dice.whole(560, 760), dice.whole(320, 480), dice.whole(20, 50), dice.pick((*_PAPERS, dice.colour(190, 250)))
    )
    if dice.chance(0.5):
        sheet.draw.rectangle((0, 0, sheet.image.width, dice.whole(20, 80)), dice.ink())
    if dice.chance(0.4):
        sheet.draw.rectangle((sheet.left, 110, sheet.left + 110, 250), dice.grey(60, 200))
        sheet.left += 140
    sheet.line(words.house(), studio.font(dice.whole(20, 34), "sans", "serif", "display"))
    body = studio.font(dice.whole(12, 20), "sans", "serif", "mono")
    for _ in range(dice.whole(3, 8)):
        sheet.line(dice.pick((words.title(2), words.digits(9), words.date(), words.words(4))), body, leading=1.5)
    return sheet.image


def _ruling(studio: Studio, sheet: Sheet) -> None:
    kind, pitch, ink = studio.dice.pick(("plain", "lines", "squares")), studio.dice.whole(18, 34), (170, 195, 220)
    width, height = sheet.image.size
    if kind != "plain":
        for y in range(pitch * 2, height, pitch):
            sheet.draw.line((0, y, width, y), ink)
    if kind == "squares":
        for x in range(pitch, width, pitch):
            sheet.draw.line((x, 0, x, height), ink)


def _curly_lines(studio: Studio, sheet: Sheet, pen: Colour, count: int) -> None:
    dice, pitch = studio.dice, studio.dice.whole(22, 38)
    for _ in range(count):
        x = sheet.left + dice.whole(0, 20)
        while x < sheet.right - dice.whole(10, 160):
            length = dice.whole(24, 110)
            scribble(sheet.draw, dice, (x, sheet.y, x + length, sheet.y + pitch * 0.9), pen, 2)
            x += length + dice.whole(6, 14)
        sheet.y += pitch
