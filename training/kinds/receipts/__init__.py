"""Receipts of a till, photographed or scanned, and invoices on A4 or Letter."""

from collections.abc import Sequence

from PIL import Image

from training.kinds.camera import crumpled, photographed
from training.kinds.documents.page import filed
from training.kinds.paper import Way, scanned
from training.kinds.receipts.invoices import invoice
from training.kinds.receipts.strips import strip
from training.kinds.studio import Studio

# A slip is scanned or photographed by those who bought something, with machines of today.
_WAYS: Sequence[Way] = ("bitonal", "grey", "grey", "grey", "clean", "clean", "colour")


def receipt(studio: Studio) -> Image.Image:
    """Return a receipt or an invoice as somebody would attach it, RGB."""
    dice = studio.dice
    if dice.chance(0.4):
        page = invoice(studio)
        return photographed(page, dice) if dice.chance(0.25) else scanned(page, dice)
    slip = strip(studio)
    if dice.chance(0.3):
        slip = crumpled(slip, dice)
    if dice.chance(0.4):
        return photographed(slip, dice)
    sheet = _on_white(studio, slip)
    if dice.chance(0.2):
        sheet = filed(studio, sheet)
    return scanned(sheet, dice, _WAYS)


def _on_white(studio: Studio, slip: Image.Image) -> Image.Image:
    """Lay a slip on the glass: cut to its edges, or with the empty glass beside it."""
    dice = studio.dice
    if dice.chance(0.5):
        return slip
    width, height = (
        round(slip.width * dice.pick((dice.between(1.02, 1.3), dice.between(1.2, 3)))),
        round(slip.height * dice.pick((dice.between(1.01, 1.1), dice.between(1.05, 2)))),
    )
    sheet = Image.new(
        "RGB", (width, height), dice.pick(((255, 255, 255), (255, 255, 255), dice.grey(225, 250), dice.grey(0, 80)))
    )
    turned = slip.rotate(float(dice.rng.normal(0, 2)), Image.Resampling.BILINEAR, fillcolor=(250, 250, 250))
    sheet.paste(turned, ((width - slip.width) // 2, dice.whole(0, height - slip.height)))
    return sheet
