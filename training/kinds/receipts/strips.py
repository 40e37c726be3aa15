"""What a till prints: a narrow strip with a head, items, a total, tax, thanks."""

from PIL import Image

from training.kinds.sheet import Colour, Sheet, scribble
from training.kinds.studio import Studio
from training.kinds.typefaces import Font, font


def strip(studio: Studio) -> Image.Image:
    """Return the strip alone, RGB, about 400 pixels wide and cut where it ends."""
    dice, words = studio.dice, studio.wording
    width = dice.whole(320, 460)
    paper = dice.pick(((255, 255, 255), dice.grey(225, 252), (250, 246, 232), (238, 240, 246)))
    sheet = Sheet(width, 2200, dice.whole(8, 40), paper)
    ink = dice.grey(0, 60) if dice.chance(0.7) else dice.grey(70, 150)
    face = studio.face("mono", "mono", "mono", "sans", "serif")
    body = font(face, round(width / dice.between(20, 30)))
    _head(studio, sheet, body, ink)
    for _ in range(dice.whole(0, 2)):
        sheet.row((f"{words.date()} {dice.whole(8, 20)}:{words.digits(2)}", words.digits(6)), (0, -1), body, ink)
    _break(studio, sheet, body, ink)
    _items(studio, sheet, body, ink)
    _break(studio, sheet, body, ink)
    _totals(studio, sheet, body, ink)
    _thanks(studio, sheet, body, ink)
    cut = sheet.y + dice.whole(6, 60)
    return sheet.image.crop((0, 0, width, min(cut, sheet.image.height)))


def _head(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    dice, words = studio.dice, studio.wording
    if dice.chance(0.25):
        size, middle = dice.whole(40, 90), sheet.image.width // 2
        box = (middle - size, sheet.y, middle + size, sheet.y + size)
        dice.pick((sheet.draw.ellipse, sheet.draw.rectangle))(box, outline=ink, width=dice.whole(2, 20))
        sheet.y += size + 8
    sheet.paragraph(
        words.house().upper(), studio.font(body_size(body) * dice.between(1, 1.8), "sans", "mono", "display"), ink
    )
    align = dice.pick(("centre", "centre", "left"))
    for _ in range(dice.whole(1, 5)):
        text = dice.pick(
            (
                f"{words.title(2)} {dice.whole(1, 99)}",
                f"{words.digits(5)} {words.title(1)}",
                f"Tel. {words.digits(9)}",
                f"St.Nr. {words.digits(10)}",
            )
        )
        sheet.line(text, body, ink, align)
    if dice.chance(0.4):
        sheet.line(words.say("RECHNUNG / QUITTUNG", "TAX INVOICE"), body, ink, "centre", 1.8)


def _break(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    kind = studio.dice.pick(("dashes", "line", "stars", "gap"))
    if kind == "line":
        sheet.rule(ink, studio.dice.whole(1, 3), 6)
    elif kind == "gap":
        sheet.y += round(body_size(body))
    else:
        mark = "-" if kind == "dashes" else "*"
        sheet.line(mark * int((sheet.right - sheet.left) / max(1.0, body.getlength(mark))), body, ink)


def _items(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    dice, words = studio.dice, studio.wording
    two_lines, upper = dice.chance(0.4), dice.chance(0.6)
    for _ in range(min(dice.whole(1, 14), dice.whole(1, 24))):
        name = words.title(dice.whole(1, 2))[:16]
        name = name.upper() if upper else name
        price = words.amount(60)
        if two_lines:
            sheet.line(f"{words.digits(dice.whole(4, 10))} {name}", body, ink)
            sheet.row((f"  {dice.whole(1, 9)} x {words.amount(40)}", price), (0, -1), body, ink)
        else:
            sheet.row((name, price + dice.pick((" A", " B", ""))), (0, -1), body, ink)


def _totals(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    dice, words = studio.dice, studio.wording
    names = words.say(
        "Zwischensumme|Rundung|MwSt 19%|MwSt 7%|Netto|Rabatt", "Subtotal|Rounding|GST 6%|Tax|Net|Discount"
    ).split("|")
    for name in names[: dice.whole(0, 6)]:
        sheet.row((name, words.amount(60)), (0, -1), body, ink)
    large = font_like(body, dice.between(1, 1.7))
    sheet.row(
        (
            words.say(dice.pick(("SUMME EUR", "Gesamt", "Zu zahlen")), dice.pick(("TOTAL", "Total Due", "AMOUNT"))),
            words.amount(200),
        ),
        (0, -1),
        large,
        ink,
    )
    for name in words.say("Bar|Rückgeld|Karte|girocard", "Cash|Change|Card|VISA").split("|")[: dice.whole(0, 4)]:
        sheet.row((name, words.amount(100)), (0, -1), body, ink)


def _thanks(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    dice, words = studio.dice, studio.wording
    for _ in range(dice.whole(0, 4)):
        sheet.line(words.words(dice.whole(2, 4))[:26], body, ink, "centre")
    if dice.chance(0.6):
        sheet.line(words.say("Vielen Dank für Ihren Einkauf", "THANK YOU, COME AGAIN")[:30], body, ink, "centre")
    if dice.chance(0.3):
        _barcode(studio, sheet, ink)
    if dice.chance(0.2):
        _square_code(studio, sheet, ink)
    if dice.chance(0.15):
        pen = dice.pick(((20, 30, 130), (160, 30, 40)))
        y = dice.whole(sheet.y // 3, max(sheet.y // 3, sheet.y - 80))
        scribble(sheet.draw, dice, (sheet.left, y, sheet.right, y + dice.whole(30, 70)), pen, 3)


def _barcode(studio: Studio, sheet: Sheet, ink: Colour) -> None:
    x, height = float(sheet.left + 20), studio.dice.whole(30, 70)
    while x < sheet.right - 20:
        wide = studio.dice.whole(1, 4)
        sheet.draw.rectangle((x, sheet.y, x + wide, sheet.y + height), fill=ink)
        x += wide + studio.dice.whole(2, 5)
    sheet.y += height + 8


def _square_code(studio: Studio, sheet: Sheet, ink: Colour) -> None:
    cells = (studio.dice.rng.random((25, 25)) < 0.5).astype("uint8") * 255
    size = studio.dice.whole(80, 150)
    code = Image.fromarray(cells).resize((size, size), Image.Resampling.NEAREST)
    sheet.image.paste(ink, ((sheet.image.width - size) // 2, sheet.y), code)
    sheet.y += size + 8


def body_size(body: Font) -> float:
    """Return the size of a font in pixels."""
    return float(getattr(body, "size", 11))


def font_like(body: Font, scale: float) -> Font:
    """Return the same face in another size, where the face is a file."""
    path = getattr(body, "path", "")
    return font(path if isinstance(path, str) else "", round(body_size(body) * scale))
