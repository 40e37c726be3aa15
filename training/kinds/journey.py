"""What happens to any picture between its maker and us, whatever its kind: so size, format and quality tell no kind."""

import io

from PIL import Image, ImageFilter, ImageOps

from training.kinds.dice import Dice


def sent(picture: Image.Image, dice: Dice) -> Image.Image:
    """Return a picture after its journey: trimmed, scaled, compressed, now and then without colour or with a frame.

    Args:
        picture: RGB.
        dice: What decides.
    """
    if dice.chance(0.3):
        picture = _trimmed(picture, dice)
    if dice.chance(0.08):
        border = round(max(picture.size) * dice.between(0.01, 0.15))
        picture = ImageOps.expand(picture, border, dice.pick(((255, 255, 255), (0, 0, 0), dice.grey(0, 255))))
    picture = _scaled(picture, dice)
    if dice.chance(0.06):
        picture = picture.convert("L").convert("RGB")
    if dice.chance(0.08):
        picture = picture.filter(ImageFilter.GaussianBlur(dice.between(0.4, 1.2)))
    if dice.chance(0.06):
        return picture.quantize(dice.pick((16, 64, 256)), Image.Quantize.FASTOCTREE).convert("RGB")
    return _compressed(picture, dice) if dice.chance(0.7) else picture


def _trimmed(picture: Image.Image, dice: Dice) -> Image.Image:
    """Cut something off each edge."""
    width, height = picture.size
    cut = [dice.between(0, 0.12) for _ in range(4)]
    box = (round(cut[0] * width), round(cut[1] * height), round((1 - cut[2]) * width), round((1 - cut[3]) * height))
    return picture.crop(box) if box[2] - box[0] > 2 and box[3] - box[1] > 2 else picture


def _scaled(picture: Image.Image, dice: Dice) -> Image.Image:
    """Make it smaller as programs for mail do, or a small one larger."""
    longer = max(picture.size)
    wanted = dice.whole(140, 640) if dice.chance(0.7) else longer
    scale = min(wanted / longer, 3.0)
    size = (max(1, round(picture.width * scale)), max(1, round(picture.height * scale)))
    method = dice.pick((Image.Resampling.LANCZOS, Image.Resampling.BILINEAR, Image.Resampling.BOX))
    return picture.resize(size, method, reducing_gap=2) if size != picture.size else picture


def _compressed(picture: Image.Image, dice: Dice) -> Image.Image:
    packed = io.BytesIO()
    picture.save(packed, "JPEG", quality=dice.whole(30, 95))
    with Image.open(packed) as opened:
        opened.load()
        return opened.convert("RGB")
