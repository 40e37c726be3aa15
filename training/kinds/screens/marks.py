"""What people draw on a screenshot before they send it: frames, rings, arrows, and what they hide."""

from PIL import Image, ImageDraw, ImageFilter

from training.kinds.dice import Dice


def marked(image: Image.Image, dice: Dice) -> Image.Image:
    """Return a screenshot with something shown, hidden, or darkened around."""
    if dice.chance(0.3):
        return _spotlight(image, dice)
    draw = ImageDraw.Draw(image)
    ink = dice.pick(((235, 20, 20), (235, 20, 20), (255, 140, 0), (240, 220, 0)))
    for _ in range(dice.whole(1, 4)):
        left, top = dice.whole(0, image.width), dice.whole(0, image.height)
        box = (left, top, left + dice.whole(30, 260), top + dice.whole(16, 90))
        kind = dice.pick(("frame", "frame", "ring", "arrow", "blur", "black"))
        if kind == "frame":
            draw.rectangle(box, outline=ink, width=dice.whole(2, 5))
        elif kind == "ring":
            draw.ellipse(box, outline=ink, width=dice.whole(2, 5))
        elif kind == "arrow":
            draw.line((left, top, box[2], top), ink, 4)
            draw.polygon(((box[2], top - 8), (box[2] + 14, top), (box[2], top + 8)), ink)
        elif kind == "black":
            draw.rectangle(box, (0, 0, 0))
        else:
            image.paste(image.crop(box).filter(ImageFilter.GaussianBlur(5)), box[:2])
    return image


def _spotlight(image: Image.Image, dice: Dice) -> Image.Image:
    dark = Image.blend(image, Image.new("RGB", image.size, (0, 0, 0)), dice.between(0.2, 0.5))
    left, top = dice.whole(0, image.width // 2), dice.whole(0, image.height // 2)
    box = (left, top, left + dice.whole(60, image.width), top + dice.whole(30, image.height))
    dark.paste(image.crop(box), box[:2])
    return dark
