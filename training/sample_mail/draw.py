"""Draw the pictures that sample mail carries; needs Pillow, which is no dependency of the project.

    pip install pillow && python training/sample_mail/draw.py

The drawn files are committed beside this script and `compose` only reads them: another release of Pillow would write
other bytes for the same picture, and the sample is to come out alike everywhere.
"""

from collections.abc import Callable
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter, ImageFont  # type: ignore[import-not-found,unused-ignore]

PICTURES = Path(__file__).parent / "pictures"
INK = (30, 32, 36)


def font(size: int) -> "ImageFont.FreeTypeFont | ImageFont.ImageFont":
    """Return Pillow's own typeface, so that no machine's fonts matter."""
    return ImageFont.load_default(size)


def meter() -> Image.Image:
    """A photo of an electricity meter that stands at 20617."""
    image = Image.new("RGB", (520, 400), (116, 108, 98))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((90, 40, 430, 370), 26, fill=(214, 212, 205), outline=(88, 88, 84), width=5)
    draw.rectangle((130, 110, 390, 180), fill=(22, 22, 22))
    for place, digit in enumerate("20617"):
        draw.rectangle((140 + place * 49, 118, 182 + place * 49, 172), fill=(236, 234, 226))
        draw.text((149 + place * 49, 118), digit, INK, font=font(44))
    draw.text((345, 190), "kWh", INK, font=font(24))
    draw.ellipse((180, 230, 340, 250), fill=(168, 168, 164), outline=(70, 70, 70), width=2)
    draw.text((150, 290), "Nr. 4471 902  230/400 V", INK, font=font(18))
    draw.text((150, 320), "10(60) A  50 Hz", INK, font=font(16))
    return photo(image, turn=-2.5)


def receipt() -> Image.Image:
    """A photo of a till receipt on a wooden table."""
    image = Image.new("RGB", (420, 520), (134, 92, 58))
    draw = ImageDraw.Draw(image)
    for grain in range(0, 520, 23):
        draw.line((0, grain, 420, grain + 14), (120, 80, 50), 3)
    draw.rectangle((95, 40, 325, 480), fill=(243, 241, 234))
    lines = ["QUITTUNG", "", "Beleg 004417", "Kasse 2   08:14", "", "Betrag", "EUR", "", "bezahlt", "Danke!"]
    for row, line in enumerate(lines):
        draw.text((125, 64 + row * 38), line, INK, font=font(26 if row else 30))
    draw.rectangle((120, 452, 300, 470), fill=(60, 60, 60))
    return photo(image, turn=3.0)


def identity_card() -> Image.Image:
    """A photo of an identity card on which everything but its make is blackened."""
    image = Image.new("RGB", (520, 340), (72, 78, 86))
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((30, 25, 490, 315), 18, fill=(196, 214, 205))
    draw.text((60, 40), "MUSTER  SPECIMEN", (60, 90, 100), font=font(24))
    draw.rectangle((60, 90, 190, 270), fill=(12, 12, 12))
    for row, width in enumerate((220, 150, 240, 90, 190)):
        draw.rectangle((220, 95 + row * 36, 220 + width, 117 + row * 36), fill=(12, 12, 12))
    return photo(image, turn=1.2)


def mural() -> Image.Image:
    """A sketch of a painted transformer station: hills, a wind wheel, a heron."""
    image = Image.new("RGB", (560, 400), (176, 206, 226))
    draw = ImageDraw.Draw(image)
    draw.ellipse((-80, 220, 360, 520), fill=(120, 166, 92))
    draw.ellipse((220, 240, 700, 560), fill=(88, 142, 80))
    draw.ellipse((420, 40, 500, 120), fill=(246, 206, 82))
    draw.line((130, 260, 130, 90), (250, 250, 250), 8)
    for tip in ((130, 20), (70, 130), (190, 130)):
        draw.line((130, 90, *tip), (250, 250, 250), 7)
    draw.ellipse((300, 190, 380, 240), fill=(130, 140, 156))
    draw.line((372, 200, 400, 130), (130, 140, 156), 9)
    draw.polygon(((396, 122), (446, 136), (398, 142)), fill=(236, 150, 60))
    draw.line((330, 238, 326, 330), (90, 70, 60), 4)
    draw.rectangle((10, 10, 549, 389), outline=(84, 84, 84), width=10)
    draw.rectangle((235, 270, 300, 389), fill=(150, 150, 146), outline=(84, 84, 84), width=4)
    return photo(image, turn=0.0)


def stop_screen() -> Image.Image:
    """A photo of the departure display at a bus stop."""
    image = Image.new("RGB", (480, 360), (70, 84, 70))
    draw = ImageDraw.Draw(image)
    draw.rectangle((225, 250, 255, 360), fill=(60, 60, 64))
    draw.rectangle((40, 50, 440, 255), fill=(20, 20, 22), outline=(120, 120, 124), width=6)
    lines = ["QUAYSIDE NORTH", "12  Station      3 min", "12  Station     18 min", "N7  Depot       41 min"]
    for row, line in enumerate(lines):
        draw.text((62, 66 + row * 44), line, (255, 168, 32), font=font(28))
    return photo(image, turn=-1.5)


def app_error() -> Image.Image:
    """A telephone's screenshot: the session has ended and the code goes to another number."""
    image = Image.new("RGB", (270, 480), (246, 247, 249))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 0, 270, 66), fill=(0, 92, 132))
    draw.text((16, 6), "18:42          6 %", "white", font=font(15))
    draw.text((16, 32), "Laden unterwegs", "white", font=font(22))
    draw.rounded_rectangle((18, 110, 252, 330), 12, fill="white", outline=(200, 204, 210), width=2)
    draw.text((36, 126), "Sitzung beendet", (176, 32, 32), font=font(22))
    for row, line in enumerate(("Wir haben einen Code", "an *** *** **17", "gesendet.", "Code eingeben:")):
        draw.text((36, 166 + row * 26), line, INK, font=font(17))
    draw.rectangle((36, 276, 234, 312), outline=(120, 126, 134), width=2)
    draw.rounded_rectangle((18, 360, 252, 406), 10, fill=(160, 168, 176))
    draw.text((86, 370), "Anmelden", "white", font=font(20))
    draw.text((36, 430), "Neue Nr.: 0152 28817386", INK, font=font(16))
    return image.quantize(16)


def certificate() -> Image.Image:
    """A grey scan of a marriage certificate."""
    image = Image.new("L", (420, 560), 244)
    draw = ImageDraw.Draw(image)
    draw.rectangle((24, 24, 396, 536), outline=110, width=4)
    draw.text((92, 60), "Certified Copy of", 40, font=font(26))
    draw.text((66, 96), "an Entry of Marriage", 40, font=font(30))
    for row in range(9):
        draw.line((56, 180 + row * 30, 364 - (row % 3) * 40, 180 + row * 30), 150, 3)
    draw.ellipse((270, 440, 350, 520), outline=120, width=5)
    return image.filter(ImageFilter.GaussianBlur(0.6))


def logo() -> Image.Image:
    """A small mark as newsletters and signatures carry it."""
    image = Image.new("RGB", (96, 40), "white")
    draw = ImageDraw.Draw(image)
    draw.rounded_rectangle((2, 2, 38, 38), 8, fill=(0, 110, 90))
    draw.line(((22, 8), (14, 22), (26, 20), (18, 33)), "white", 4)
    draw.text((46, 8), "G&G", (0, 110, 90), font=font(22))
    return image.quantize(8)


def photo(image: Image.Image, *, turn: float) -> Image.Image:
    """Make a drawing look taken by hand: tilted, a little soft, with grain."""
    tilted = image.rotate(turn, resample=Image.Resampling.BICUBIC, fillcolor=image.getpixel((2, 2)))
    grain = Image.effect_noise(tilted.size, 22).convert("RGB")
    return Image.blend(tilted.filter(ImageFilter.GaussianBlur(0.8)), grain, 0.08)


PHOTOS: tuple[Callable[[], Image.Image], ...] = (meter, receipt, identity_card, mural, stop_screen, certificate)
SCREENS: tuple[Callable[[], Image.Image], ...] = (app_error, logo)

if __name__ == "__main__":
    for picture in PHOTOS:
        picture().save(PICTURES / f"{picture.__name__.replace('_', '-')}.jpg", quality=55, optimize=True)
    for picture in SCREENS:
        picture().save(PICTURES / f"{picture.__name__.replace('_', '-')}.png", optimize=True)
