"""Forms with boxes, certificates with frames, tables of figures."""

from itertools import pairwise

from PIL import Image

from training.kinds.documents.page import blank, letterhead, stamp, text_size
from training.kinds.sheet import BLACK, Colour, Sheet, scribble
from training.kinds.studio import Studio
from training.kinds.typefaces import Font


def form(studio: Studio) -> Image.Image:
    """Return a form: numbered fields in boxes, ticks, some filled in by hand or by machine."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio, margin=studio.dice.between(0.04, 0.1))
    if dice.chance(0.5):
        letterhead(studio, sheet)
    sheet.line(
        words.title(dice.whole(2, 4)),
        studio.font(dice.whole(15, 28), "sans", "serif"),
        align=dice.pick(("left", "centre")),
    )
    small = studio.font(dice.whole(8, 11), "sans", "serif")
    filled = studio.font(dice.whole(12, 17), "hand", "mono", "sans")
    ink = dice.pick((BLACK, (25, 35, 120)))
    while not sheet.is_full:
        kind = dice.pick(("boxes", "boxes", "lines", "ticks", "text"))
        if kind == "boxes":
            _boxes(studio, sheet, small, filled, ink)
        elif kind == "lines":
            sheet.row((words.title(1) + ":", "_" * 200), (0, 0.25), small, leading=2.2)
        elif kind == "ticks":
            _ticks(studio, sheet, small, ink)
        else:
            sheet.paragraph(words.paragraph(2), small)
        sheet.y += dice.pick((0, 0, 6, 14))
    if dice.chance(0.3):
        stamp(studio, sheet)
    return sheet.image


def certificate(studio: Studio) -> Image.Image:
    """Return a certificate: frames, centred lines, a seal, a signature."""
    dice, words = studio.dice, studio.wording
    sheet = blank(studio, margin=0.12, paper=dice.pick(((255, 255, 255), (250, 246, 232), (238, 243, 240))))
    width, height = sheet.image.size
    for inset in (dice.whole(10, 20), dice.whole(24, 34)):
        sheet.draw.rectangle(
            (inset, inset, width - inset, height - inset),
            outline=dice.pick((BLACK, dice.ink())),
            width=dice.whole(1, 5),
        )
    sheet.y = round(height * dice.between(0.1, 0.22))
    sheet.line(words.title(1), studio.font(dice.whole(36, 62), "display", "serif", "hand"), align="centre")
    body = studio.font(text_size(studio, sheet) * 1.2, "serif", "sans")
    for _ in range(dice.whole(4, 12)):
        sheet.line(words.words(dice.whole(2, 7)), body, align="centre", leading=dice.between(1.6, 2.6))
    x, y, size = dice.between(0.15, 0.7) * width, 0.78 * height, dice.whole(50, 110)
    sheet.draw.ellipse((x, y, x + size, y + size), outline=dice.ink(), width=dice.whole(2, 8))
    scribble(sheet.draw, dice, (0.55 * width, 0.84 * height, 0.85 * width, 0.9 * height), (20, 20, 60))
    return sheet.image


def table_of_figures(studio: Studio) -> Image.Image:
    """Return a page that is mostly a table: rules or none, heads, sums."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio, margin=studio.dice.between(0.04, 0.12))
    sheet.line(
        words.words(5), studio.font(dice.whole(14, 24), "sans", "serif", "mono"), align=dice.pick(("left", "centre"))
    )
    body = studio.font(text_size(studio, sheet) * dice.between(0.75, 1), "mono", "sans", "serif")
    if dice.chance(0.5):
        sheet.paragraph(words.paragraph(2), body)
    columns, rules, zebra = dice.whole(3, 9), dice.chance(0.6), dice.chance(0.2)
    edges = [0.0, *(-(0.3 + 0.7 * (number + 1) / columns) for number in range(columns))]
    for number in range(dice.whole(10, 60)):
        if sheet.is_full:
            break
        if zebra and number % 2:
            sheet.draw.rectangle((sheet.left, sheet.y, sheet.right, sheet.y + 16), dice.grey(215, 235))
        cells = [words.title(1) if number == 0 else words.amount(dice.pick((9, 90, 9000))) for _ in range(columns)]
        sheet.row([words.words(2)[:18], *cells], edges, body, leading=dice.pick((1.3, 1.3, 1.5)))
        if rules or number == 0:
            sheet.rule(gap=1)
    if dice.chance(0.4):
        sheet.paragraph(words.paragraph(5), body)
    return sheet.image


def _boxes(studio: Studio, sheet: Sheet, small: Font, filled: Font, ink: Colour) -> None:
    """Draw a row of named boxes; most have something in them."""
    dice, words, height = studio.dice, studio.wording, studio.dice.whole(22, 44)
    edges = sorted({0.0, 1.0, *(dice.between(0.15, 0.85) for _ in range(dice.whole(0, 3)))})
    for start, end in pairwise(edges):
        x, until = (sheet.left + edge * (sheet.right - sheet.left) for edge in (start, end))
        sheet.draw.rectangle((x, sheet.y, until, sheet.y + height), outline=BLACK)
        sheet.draw.text((x + 3, sheet.y + 1), words.title(1), BLACK, small)
        if dice.chance(0.6):
            sheet.draw.text((x + 8, sheet.y + height - 18), words.words(1 + round((until - x) / 120)), ink, filled)
    sheet.y += height


def _ticks(studio: Studio, sheet: Sheet, small: Font, ink: Colour) -> None:
    """Draw little boxes with words beside them; some are ticked."""
    dice = studio.dice
    for _ in range(dice.whole(1, 4)):
        sheet.draw.rectangle((sheet.left, sheet.y, sheet.left + 10, sheet.y + 10), outline=BLACK)
        if dice.chance(0.4):
            sheet.draw.line((sheet.left + 1, sheet.y + 1, sheet.left + 11, sheet.y + 9), ink, 2)
        sheet.row((studio.wording.words(dice.whole(3, 8)),), (0.04,), small, leading=1.6)
