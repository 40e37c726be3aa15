"""Invoices on A4 or Letter: head, address, table of items, taxes, total, where to pay."""

from PIL import Image

from training.kinds.documents.page import blank, letterhead, stamp, text_size
from training.kinds.sheet import BLACK, Colour, Sheet
from training.kinds.studio import Studio
from training.kinds.typefaces import Font, font


def invoice(studio: Studio) -> Image.Image:
    """Return one page of an invoice, a pro-forma invoice, or a credit note, RGB."""
    dice, words = studio.dice, studio.wording
    sheet = blank(studio, margin=dice.between(0.05, 0.12))
    ink = dice.pick((BLACK, BLACK, dice.ink()))
    if dice.chance(0.2):
        sheet.draw.rectangle((0, 0, sheet.image.width, dice.whole(10, 120)), ink)
    letterhead(studio, sheet)
    face = studio.face("sans", "sans", "serif", "mono")
    body = font(face, text_size(studio, sheet))
    title = words.say(
        dice.pick(("RECHNUNG", "Rechnung", "Proforma-Rechnung", "Gutschrift", "Lieferschein / Rechnung")),
        dice.pick(("INVOICE", "Invoice", "Pro forma invoice", "TAX INVOICE", "Credit note")),
    )
    head = (title, font(face, dice.whole(20, 44)), ink, dice.pick(("left", "right", "centre")))
    if title_first := dice.chance(0.5):
        sheet.line(*head)
    _parties(studio, sheet, body)
    if not title_first:
        sheet.line(*head)
    sheet.y += dice.whole(4, 30)
    if dice.chance(0.5):
        sheet.paragraph(words.paragraph(1), body)
        sheet.y += 8
    _items(studio, sheet, font(face, round(text_size(studio, sheet) * 0.9)), ink)
    _sums(studio, sheet, body, ink)
    _payment(studio, sheet, body)
    if dice.chance(0.2):
        stamp(studio, sheet)
    return sheet.image


def _parties(studio: Studio, sheet: Sheet, body: Font) -> None:
    """Write who pays on the left, and numbers and dates on the right."""
    dice, words = studio.dice, studio.wording
    names = words.say(
        "Rechnungs-Nr.|Datum|Kunden-Nr.|Bestellung|Fällig am|USt-IdNr.",
        "Invoice no.|Date|Customer|Order no.|Due|VAT no.",
    ).split("|")
    for name in names[: dice.whole(3, 6)]:
        address = dice.pick((words.title(2), f"{words.digits(5)} {words.title(1)}", words.house(), ""))
        sheet.row((address, name, dice.pick((words.date(), words.digits(7)))), (0, 0.58, -1), body, leading=1.35)
    sheet.y += dice.whole(8, 40)


def _items(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    dice, words = studio.dice, studio.wording
    heads = words.say("Pos.|Bezeichnung|Menge|Einzelpreis|Betrag", "No.|Description|Qty|Unit price|Amount").split("|")
    edges = (0.01, 0.09, -0.62, -0.8, -0.99)
    style = dice.pick(("bar", "rules", "grid", "bare"))
    if style == "bar":
        sheet.draw.rectangle(
            (sheet.left, sheet.y - 4, sheet.right, sheet.y + 20), dice.pick((ink, dice.grey(200, 235)))
        )
    top = sheet.y - 4
    sheet.row(heads, edges, body, (255, 255, 255) if style == "bar" and dice.chance(0.5) else BLACK, 1.7)
    if style != "bar":
        sheet.rule(ink, gap=1)
    for number in range(dice.whole(1, 6) if dice.chance(0.6) else dice.whole(5, 22)):
        if sheet.y > sheet.image.height * 0.72:
            break
        cells = (
            str(number + 1),
            words.words(dice.whole(1, 5))[:34],
            str(dice.whole(1, 20)),
            words.amount(300),
            words.amount(3000),
        )
        sheet.row(cells, edges, body, leading=1.5)
        if style in ("rules", "grid"):
            sheet.rule(dice.grey(120, 200), gap=1)
        if dice.chance(0.2):
            sheet.row((words.words(6)[:44],), (0.09,), body, dice.grey(60, 130), 1.3)
    if style == "grid":
        for edge in (0, 0.075, 0.5, 0.65, 0.82, 1):
            x = sheet.left + edge * (sheet.right - sheet.left)
            sheet.draw.line((x, top, x, sheet.y), BLACK)
    sheet.rule(ink, gap=2)


def _sums(studio: Studio, sheet: Sheet, body: Font, ink: Colour) -> None:
    dice, words = studio.dice, studio.wording
    names = words.say("Nettobetrag|zzgl. 19 % USt|zzgl. 7 % USt|Versand", "Subtotal|VAT 20 %|Shipping|Discount").split(
        "|"
    )
    for name in names[: dice.whole(1, 4)]:
        sheet.row((name, words.amount(4000)), (0.6, -0.99), body)
    if dice.chance(0.3):
        sheet.draw.rectangle(
            (sheet.left + 0.57 * (sheet.right - sheet.left), sheet.y - 3, sheet.right, sheet.y + 22),
            dice.grey(205, 235),
        )
    total = words.say("Gesamtbetrag EUR", dice.pick(("Total due", "TOTAL", "Amount payable")))
    sheet.row((total, words.amount(6000)), (0.6, -0.99), body, ink, 1.6)
    sheet.y += dice.whole(6, 40)


def _payment(studio: Studio, sheet: Sheet, body: Font) -> None:
    dice, words = studio.dice, studio.wording
    if dice.chance(0.7):
        text = words.say(
            "Bitte überweisen Sie den Betrag innerhalb von 14 Tagen.",
            "Please pay within 14 days, quoting the number above.",
        )
        sheet.paragraph(text, body)
    if dice.chance(0.7):
        groups = " ".join(words.digits(4) for _ in range(4))
        sheet.line(f"IBAN DE{words.digits(2)} {groups} {words.digits(2)}", body)
        sheet.line(f"BIC {words.title(1).upper()}XXX", body)
    if dice.chance(0.4):
        sheet.left, sheet.y = round(sheet.image.width * 0.08), round(sheet.image.height * 0.93)
        sheet.row([words.words(3) for _ in range(3)], (0, 0.35, 0.7), studio.font(8, "sans"), dice.grey(0, 120), 1.2)
