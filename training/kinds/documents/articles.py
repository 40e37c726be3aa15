"""Pages in columns: journals, newspapers, clippings of them."""

from PIL import Image, ImageDraw, ImageOps

from training.kinds.documents.page import blank, text_size
from training.kinds.sheet import BLACK, Sheet
from training.kinds.studio import Studio
from training.kinds.typefaces import Font


def article(studio: Studio) -> Image.Image:
    """Return a page of a magazine or a newspaper: a headline, columns, pictures in grey."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio, margin=studio.dice.between(0.03, 0.09))
    for _ in range(dice.whole(1, 2)):
        sheet.paragraph(
            words.words(dice.whole(3, 8)),
            studio.font(dice.whole(24, 62), "serif", "serif", "sans", "display"),
            leading=1.05,
        )
    sheet.y += 8
    size = text_size(studio, sheet) * dice.between(0.75, 1)
    _columns(studio, sheet, studio.font(size, "serif", "serif", "sans"), dice.whole(2, 5), pictures=dice.whole(0, 2))
    return sheet.image


def clipping(studio: Studio) -> Image.Image:
    """Return what somebody cut out of newspapers and laid on the copier: narrow, crooked, much white around it."""
    dice, sheet = studio.dice, blank(studio)
    ground = dice.pick(((255, 255, 255), (255, 255, 255), (255, 255, 255), dice.grey(0, 90)))
    sheet.image.paste(ground, (0, 0, *sheet.image.size))
    x, count = dice.whole(0, 160), dice.pick((1, 1, 2, 3))
    for _ in range(count):
        width = dice.whole(120, 520 // count)
        piece = _cutting(studio, width).rotate(dice.between(-3, 3), expand=True, fillcolor=ground)
        sheet.image.paste(piece, (x, dice.whole(0, 220)))
        x += width + dice.whole(8, 80)
    if dice.chance(0.5):
        sheet.y = dice.whole(2, 40)
        sheet.line(
            f"{studio.wording.house()}  {studio.wording.date()}",
            studio.font(dice.whole(9, 18), "serif", "hand", "mono"),
            BLACK,
        )
    return sheet.image


def _cutting(studio: Studio, width: int) -> Image.Image:
    dice, words = studio.dice, studio.wording
    inner = Sheet(width, dice.whole(200, 820), 6)
    inner.paragraph(
        words.words(dice.whole(3, 8)), studio.font(dice.whole(14, 40), "serif", "display", "sans"), leading=1.05
    )
    columns = max(1, min(3, width // 150))
    _columns(studio, inner, studio.font(dice.whole(9, 12), "serif"), columns, pictures=dice.whole(0, 1))
    return inner.image


def paper_of_science(studio: Studio) -> Image.Image:
    """Return a page of a journal: abstract, two columns, formulas, curves, small type."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio)
    body = studio.font(text_size(studio, sheet) * 0.85, "serif")
    if dice.chance(0.6):
        sheet.paragraph(words.words(dice.whole(5, 12)), studio.font(dice.whole(16, 28), "serif", "sans"))
        sheet.line(words.title(4), body, align="centre")
        sheet.rule()
    left, right = sheet.left, sheet.right
    if dice.chance(0.5):
        sheet.left, sheet.right = left + 40, right - 40
        sheet.paragraph(words.paragraph(4), body, justify=True)
        sheet.left, sheet.right = left, right
    if dice.chance(0.5):
        curves(studio, sheet, round(sheet.image.height * dice.between(0.15, 0.4)))
    _columns(studio, sheet, body, dice.pick((1, 2, 2, 2)), pictures=dice.whole(0, 1))
    return sheet.image


def curves(studio: Studio, sheet: Sheet, height: int) -> None:
    """Draw a diagram across the column: axes, curves or bars, a caption."""
    dice, draw = studio.dice, sheet.draw
    left, right, top, foot = sheet.left + 30, sheet.right - 10, sheet.y + 6, sheet.y + height - 22
    draw.line((left, top, left, foot, right, foot), BLACK, 2)
    steps = dice.whole(5, 40)
    for _ in range(dice.whole(1, 4)):
        walk = dice.rng.normal(0, 1, steps).cumsum()
        level = (walk - walk.min()) / (float(walk.max() - walk.min()) + 1e-6)
        xs = [left + (right - left) * number / steps for number in range(steps)]
        ys = [foot - (foot - top) * float(value) * 0.9 for value in level]
        if steps < 12 and dice.chance(0.6):
            for x, y in zip(xs, ys, strict=True):
                draw.rectangle((x + 4, y, x + (right - left) / steps - 4, foot), dice.grey(0, 200), BLACK)
        else:
            draw.line(list(zip(xs, ys, strict=True)), dice.grey(0, 120), dice.whole(1, 2))
    sheet.y = foot + 6
    sheet.line(f"Fig. {dice.whole(1, 9)}. {studio.wording.words(6)}", studio.font(9, "serif", "sans"))


def grey_picture(studio: Studio, width: int, height: int) -> Image.Image:
    """Return a printed picture: grey, or in a coarse screen, seldom in colour; sometimes a drawing."""
    dice = studio.dice
    picture = studio.picture(width, height)
    if dice.chance(0.2):
        return picture
    grey = ImageOps.autocontrast(picture.convert("L"), cutoff=dice.whole(0, 12))
    draw = ImageDraw.Draw(grey)
    for _ in range(dice.pick((0, 0, 0, 3, 6))):
        x, y = dice.whole(0, grey.width), dice.whole(0, grey.height)
        draw.ellipse(
            (x, y, x + dice.whole(10, max(10, width)), y + dice.whole(10, max(10, height))), fill=dice.whole(0, 255)
        )
    return (grey.convert("1") if dice.chance(0.5) else grey).convert("RGB")


def _columns(studio: Studio, sheet: Sheet, body: Font, count: int, pictures: int) -> None:
    """Fill the rest of the sheet with columns."""
    dice, words = studio.dice, studio.wording
    left, right, top = sheet.left, sheet.right, sheet.y
    gap, justify = dice.whole(10, 24), dice.chance(0.75)
    width = (right - left - gap * (count - 1)) // count
    with_picture = [dice.whole(0, count - 1) for _ in range(pictures)]
    for number in range(count):
        sheet.left, sheet.right, sheet.y = left + number * (width + gap), left + number * (width + gap) + width, top
        while not sheet.is_full:
            if number in with_picture and dice.chance(0.5):
                with_picture.remove(number)
                picture = grey_picture(studio, width, round(width * dice.between(0.6, 1.4)))
                sheet.image.paste(picture, (sheet.left, sheet.y))
                sheet.y += picture.height + 6
            elif dice.chance(0.12):
                sheet.y += 8
                sheet.line(words.title(dice.whole(1, 2)), studio.font(13, "sans", "serif"))
            sheet.paragraph("   " + words.paragraph(dice.whole(3, 9)), body, justify=justify, leading=1.15)
            if dice.chance(0.02):
                return
