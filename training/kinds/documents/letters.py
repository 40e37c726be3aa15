"""Letters, memos, printed e-mail, covers of a fax."""

from PIL import Image

from training.kinds.documents.page import blank, letterhead, stamp, text_size
from training.kinds.sheet import BLACK, Sheet, scribble
from training.kinds.studio import Studio
from training.kinds.typefaces import Font, font


def letter(studio: Studio) -> Image.Image:
    """Return a business letter: head, address, date, subject, text, signature, foot."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio)
    if dice.chance(0.8):
        letterhead(studio, sheet)
    face = studio.face("serif", "serif", "sans", "mono")
    body = font(face, text_size(studio, sheet))
    sheet.y += dice.whole(0, 60)
    for _ in range(dice.whole(2, 5)):
        sheet.line(words.title(dice.whole(1, 3)), body)
    sheet.y += dice.whole(10, 40)
    sheet.line(words.date(), body, align=dice.pick(("left", "right", "right", "centre")))
    sheet.y += dice.whole(10, 40)
    if dice.chance(0.6):
        sheet.line(words.words(dice.whole(3, 7)), studio.font(body_size(body) * 1.1, "sans", "serif"))
        if dice.chance(0.4):
            sheet.rule(gap=2)
        sheet.y += 10
    sheet.line(words.say("Sehr geehrte Damen und Herren,", dice.pick(("Dear Sir or Madam,", "Gentlemen:"))), body)
    _text(studio, sheet, body, dice.whole(1, 7), dice.pick((1.15, 1.25, 1.25, 1.5)))
    _closing(studio, sheet, body)
    if dice.chance(0.35):
        _foot(studio, sheet)
    if dice.chance(0.25):
        stamp(studio, sheet)
    return sheet.image


def typed_memo(studio: Studio) -> Image.Image:
    """Return a page from a typewriter: to, from, subject, and lines with much air."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio)
    body = studio.font(text_size(studio, sheet), "mono")
    sheet.line(
        dice.pick(("MEMORANDUM", "AKTENNOTIZ", "INTEROFFICE CORRESPONDENCE", words.house().upper())),
        body,
        align="centre",
    )
    sheet.y += dice.whole(10, 60)
    for name in words.say("AN:|VON:|DATUM:|BETREFF:", "TO:|FROM:|DATE:|SUBJECT:").split("|"):
        sheet.row((name, words.words(dice.whole(2, 5))), (0, 0.18), body, leading=1.7)
    if dice.chance(0.4):
        sheet.rule()
    _text(studio, sheet, body, dice.whole(2, 6), leading=dice.pick((1.2, 1.6, 2.2)))
    if dice.chance(0.5):
        _closing(studio, sheet, body)
    if dice.chance(0.35):
        stamp(studio, sheet)
    return sheet.image


def mail_print(studio: Studio) -> Image.Image:
    """Return an e-mail on paper: fields of the head, text, quoted text, the printer's line at the foot."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio)
    face = studio.face("sans", "serif", "mono")
    body = font(face, text_size(studio, sheet))
    if dice.chance(0.5):
        sheet.line(words.title(2), studio.font(body_size(body) * 1.3, "sans", "serif"))
        sheet.rule(width=dice.whole(1, 4))
    for name in words.say("Von:|Gesendet:|An:|Betreff:", "From:|Sent:|To:|Subject:").split("|")[: dice.whole(3, 4)]:
        sheet.row((name, words.words(dice.whole(2, 6))), (0, 0.17), body, leading=1.3)
    sheet.y += dice.whole(4, 30)
    for depth in range(dice.whole(1, 4)):
        _text(studio, sheet, body, dice.whole(1, 2))
        sheet.line(words.title(2), body)
        if dice.chance(0.6):
            sheet.line("-----Original Message-----", body)
            sheet.left += dice.whole(0, 24) if depth < 2 else 0
    return sheet.image


def fax_cover(studio: Studio) -> Image.Image:
    """Return the first page of a fax: a great word, boxes, the line that the machine prints."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio)
    small = studio.font(9, "mono")
    sheet.draw.text(
        (20, 4),
        f"{words.date()} 10:{words.digits(2)}  {words.house()}  +49 {words.digits(9)}  S. 1/{dice.whole(1, 9)}",
        BLACK,
        small,
    )
    sheet.line(words.say("Telefax", "FAX"), studio.font(dice.whole(40, 80), "serif", "sans", "display"))
    body = studio.font(text_size(studio, sheet), "sans", "serif", "mono")
    for name in words.say("An:|Von:|Fax:|Seiten:|Datum:", "To:|From:|Fax:|Pages:|Date:").split("|"):
        sheet.row((name, words.words(3)), (0, 0.2), body)
        sheet.rule(gap=2)
    _text(studio, sheet, body, dice.whole(0, 3))
    return sheet.image


def body_size(body: Font) -> float:
    """Return the size of a font in pixels."""
    return float(getattr(body, "size", 11))


def _text(studio: Studio, sheet: Sheet, body: Font, paragraphs: int, leading: float = 1.25) -> None:
    justify, indent = studio.dice.chance(0.2), studio.dice.pick(("", "", "        "))
    for _ in range(paragraphs):
        sheet.y += round(body_size(body) * 0.8)
        text = indent + studio.wording.paragraph(studio.dice.whole(2, 7))
        sheet.paragraph(text, body, justify=justify, leading=leading)


def _closing(studio: Studio, sheet: Sheet, body: Font) -> None:
    dice, words = studio.dice, studio.wording
    if dice.chance(0.3):
        sheet.left = round((sheet.left + sheet.right) / 2)
    sheet.y += 14
    sheet.line(words.say("Mit freundlichen Grüßen", "Yours sincerely,"), body)
    if dice.chance(0.7):
        pen = dice.pick((BLACK, (20, 30, 110)))
        scribble(
            sheet.draw,
            dice,
            (sheet.left, sheet.y, sheet.left + dice.whole(90, 220), sheet.y + dice.whole(30, 60)),
            pen,
            dice.whole(1, 3),
        )
    sheet.y += 56
    for _ in range(dice.whole(1, 2)):
        sheet.line(words.title(2), body)
    if dice.chance(0.35):
        sheet.left, sheet.y = round(sheet.image.width * 0.12), sheet.y + 14
        for _ in range(dice.whole(1, 6)):
            sheet.line(words.title(2), body)


def _foot(studio: Studio, sheet: Sheet) -> None:
    dice, words = studio.dice, studio.wording
    sheet.left, sheet.y = round(sheet.image.width * 0.08), round(sheet.image.height * 0.92)
    small = studio.font(dice.whole(7, 9), "sans")
    for _ in range(dice.whole(1, 4)):
        sheet.row([words.words(3) for _ in range(3)], (0, 0.35, 0.7), small, dice.grey(0, 120), 1.2)
