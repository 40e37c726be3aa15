"""Pages that shout: advertisements, leaflets, slides on paper."""

from PIL import Image

from training.kinds.documents.articles import curves, grey_picture
from training.kinds.documents.page import blank, text_size
from training.kinds.sheet import BLACK
from training.kinds.studio import Studio


def advertisement(studio: Studio) -> Image.Image:
    """Return an advertisement: great words, boxes, pictures, prices, little text, often light on dark."""
    dice, words = studio.dice, studio.wording
    dark = dice.chance(0.3)
    ground, ink = (dice.pick((dice.grey(0, 70), dice.ink())), (255, 255, 255)) if dark else ((255, 255, 255), BLACK)
    sheet = blank(studio, margin=dice.between(0.03, 0.12), paper=ground)
    width, height = sheet.image.size
    for _ in range(dice.whole(1, 3)):
        picture = grey_picture(studio, round(width * dice.between(0.25, 1)), round(height * dice.between(0.15, 0.6)))
        sheet.image.paste(picture, (dice.whole(0, width // 2), dice.whole(0, round(height * 0.7))))
    for _ in range(dice.whole(0, 4)):
        x, y = dice.whole(0, width), dice.whole(0, height)
        fill = dice.pick((dice.grey(0, 255), dice.ink()))
        sheet.draw.rectangle(
            (x, y, x + dice.whole(30, 400), y + dice.whole(20, 200)), fill, outline=ink, width=dice.whole(0, 4)
        )
    for _ in range(dice.whole(1, 4)):
        sheet.y = dice.whole(sheet.left, round(height * 0.8))
        font = studio.font(dice.whole(30, 90), "display", "sans", "serif")
        sheet.paragraph(words.title(dice.whole(1, 4)), font, ink, leading=1.05)
        sheet.paragraph(
            words.paragraph(dice.whole(0, 3)) or words.title(2),
            studio.font(text_size(studio, sheet), "serif", "sans"),
            ink,
        )
    if dice.chance(0.4):
        sheet.y = round(height * 0.93)
        sheet.line(words.words(9), studio.font(9, "sans"), ink, align="centre")
    return sheet.image


def slide(studio: Studio) -> Image.Image:
    """Return a printed slide: a heading, points, a diagram."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio)
    sheet.line(words.words(4), studio.font(dice.whole(28, 44), "sans", "serif"), align=dice.pick(("left", "centre")))
    sheet.rule(width=dice.whole(1, 5))
    body = studio.font(dice.whole(17, 26), "sans", "serif")
    for _ in range(dice.whole(2, 6)):
        sheet.paragraph(f"• {words.words(dice.whole(3, 10))}", body, leading=1.5)
    if dice.chance(0.6):
        curves(studio, sheet, round(sheet.image.height * dice.between(0.2, 0.4)))
    return sheet.image


def placard(studio: Studio) -> Image.Image:
    """Return a page with nothing but a few words, large or small, such as a sheet that parts others."""
    dice, words, sheet = studio.dice, studio.wording, blank(studio, margin=studio.dice.between(0.1, 0.3))
    sheet.y = round(sheet.image.height * dice.between(0.05, 0.5))
    font = studio.font(dice.pick((16, 24, 40, 60)), "sans", "serif", "mono")
    align = dice.pick(("left", "centre"))
    for _ in range(dice.whole(1, 5)):
        sheet.line(words.words(dice.whole(1, 3)).upper(), font, align=align, leading=1.5)
    if dice.chance(0.5):
        sheet.paragraph(words.paragraph(dice.whole(1, 3)), studio.font(text_size(studio, sheet), "serif", "sans"))
    return sheet.image
