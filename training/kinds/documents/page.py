"""Sheets of the usual sizes, and what stands at their top."""

from PIL import Image, ImageDraw

from training.kinds.sheet import BLACK, Colour, Sheet, scribble
from training.kinds.studio import Studio


def blank(studio: Studio, *, margin: float | None = None, paper: Colour = (255, 255, 255)) -> Sheet:
    """Return an empty A4, Letter or Legal sheet, seldom on its side; margin as a fraction of the width."""
    dice = studio.dice
    ratio = dice.pick((1.414, 1.414, 1.294, 1.294, 1.33, 1.55))
    height = dice.whole(820, 1000)
    width = round(height / ratio)
    if dice.chance(0.05):
        width, height = height, width
    return Sheet(width, height, round(width * (margin or dice.between(0.06, 0.15))), paper)


def text_size(studio: Studio, sheet: Sheet) -> int:
    """Return the pixels of body text on a sheet: nine to thirteen points."""
    return round(max(sheet.image.size) / 842 * studio.dice.between(8.5, 13))


def letterhead(studio: Studio, sheet: Sheet) -> None:
    """Write the name of a house at the top, with a mark, an address, a line."""
    dice, words = studio.dice, studio.wording
    ink = dice.pick(((0, 0, 0), (0, 0, 0), dice.ink()))
    size = dice.whole(16, 34)
    align = dice.pick(("left", "centre", "right"))
    if dice.chance(0.4):
        mark(studio, sheet, ink, size * 2)
    sheet.line(words.house(), studio.font(size, "serif", "sans", "display"), ink, align)
    small = studio.font(dice.whole(8, 12), "serif", "sans")
    for _ in range(dice.whole(0, 3)):
        sheet.line(f"{words.title(2)} {dice.whole(1, 300)} · {words.digits(5)} {words.title(1)}", small, ink, align)
    if dice.chance(0.4):
        sheet.rule(ink, dice.whole(1, 3))
    sheet.y += dice.whole(8, 50)


def mark(studio: Studio, sheet: Sheet, ink: Colour, size: int) -> None:
    """Draw a simple emblem in a corner."""
    dice = studio.dice
    x = dice.pick((sheet.left, sheet.right - size))
    box = (x, sheet.y, x + size, sheet.y + size)
    shape = dice.pick(("disc", "ring", "square", "triangle"))
    if shape == "disc":
        sheet.draw.ellipse(box, fill=ink)
    elif shape == "ring":
        sheet.draw.ellipse(box, outline=ink, width=max(2, size // 8))
    elif shape == "square":
        sheet.draw.rounded_rectangle(box, size // 6, fill=ink)
    else:
        sheet.draw.polygon(((x, box[3]), (x + size, box[3]), (x + size / 2, box[1])), fill=ink)


def stamp(studio: Studio, sheet: Sheet) -> None:
    """Put a stamp somewhere: received, copied, paid, or a number."""
    dice, words = studio.dice, studio.wording
    ink = dice.pick(((30, 40, 120), (150, 30, 40), (60, 60, 60), (0, 0, 0)))
    width, height = sheet.image.size
    x, y = dice.between(0.1, 0.7) * width, dice.between(0.03, 0.85) * height
    text = dice.pick((words.say("EINGEGANGEN", "RECEIVED"), words.say("KOPIE", "COPY"), words.date(), words.digits(8)))
    font = studio.font(dice.whole(14, 30), "sans", "mono")
    sheet.draw.text((x, y), text, ink, font)
    if dice.chance(0.6):
        sheet.draw.rectangle((x - 6, y - 5, x + font.getlength(text) + 6, y + 38), outline=ink, width=2)


def filed(studio: Studio, page: Image.Image) -> Image.Image:
    """Return a page with what readers and archives leave on it: a number up the edge, notes, rings, underlines."""
    dice, words = studio.dice, studio.wording
    draw, (width, height) = ImageDraw.Draw(page), page.size
    if dice.chance(0.5):
        number = Image.new("L", (dice.whole(70, 130), 16))
        ImageDraw.Draw(number).text(
            (0, 0), words.digits(dice.whole(8, 10)), 255, studio.font(dice.whole(11, 15), "mono", "sans")
        )
        number = number.rotate(dice.pick((90, 90, 90, 0)), expand=True)
        place = (
            round(width * dice.pick((dice.between(0.9, 0.97), dice.between(0.9, 0.97), 0.05))),
            round(height * dice.between(0.72, 0.9)),
        )
        page.paste(BLACK, place, number)
    if dice.chance(0.25):
        draw.text((width * dice.between(0.05, 0.7), 6), words.words(3), BLACK, studio.font(10, "sans", "mono"))
    pen = dice.pick((BLACK, BLACK, (20, 30, 110)))
    for _ in range(dice.pick((0, 0, 0, 1, 2, 5))):
        x, y, wide = dice.between(0.02, 0.8) * width, dice.between(0.02, 0.95) * height, dice.whole(40, 170)
        how = dice.pick(("words", "words", "ring", "line", "curve"))
        if how == "ring":
            draw.ellipse((x, y, x + wide, y + wide * dice.between(0.2, 0.6)), outline=pen, width=2)
        elif how == "line":
            draw.line((x, y, x + wide, y + dice.whole(-6, 6)), pen, 2)
        elif how == "curve":
            scribble(draw, dice, (x, y, x + wide, y + 30), pen, dice.whole(1, 3))
        else:
            draw.text((x, y), words.words(dice.whole(1, 4)), pen, studio.font(dice.whole(14, 26), "hand"))
    return page


def laid_down(studio: Studio, page: Image.Image) -> Image.Image:
    """Return a page that is smaller than the glass of the copier, with what is around it: white, black, or a lid."""
    dice = studio.dice
    share = dice.between(0.55, 0.97)
    small = page.resize((round(page.width * share), round(page.height * share)), Image.Resampling.BILINEAR)
    ground = dice.pick(((255, 255, 255), (255, 255, 255), (0, 0, 0), dice.grey(90, 235)))
    glass = Image.new("RGB", page.size, ground)
    if dice.chance(0.4):
        small = small.rotate(dice.between(-6, 6), Image.Resampling.BILINEAR, expand=True, fillcolor=ground)
    place = (dice.whole(0, max(0, page.width - small.width)), dice.whole(0, max(0, page.height - small.height)))
    glass.paste(small, place)
    if dice.chance(0.4):
        ImageDraw.Draw(glass).rectangle(
            (*place, place[0] + small.width, place[1] + small.height), outline=BLACK, width=dice.whole(1, 6)
        )
    return glass
