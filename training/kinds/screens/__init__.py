"""Screenshots: windows, dialogs, pages, terminals, telephones whole or cropped, as documentation shows them."""

from PIL import Image

from training.kinds.camera import photographed
from training.kinds.screens.desktop import desktop, dialog_alone, window_alone
from training.kinds.screens.marks import marked
from training.kinds.screens.phones import phone
from training.kinds.screens.surface import Surface
from training.kinds.studio import Studio


def screenshot(studio: Studio) -> Image.Image:
    """Return what somebody would cut out of a screen, RGB, up to about 1,100 pixels."""
    dice = studio.dice
    scene = dice.pick((desktop, window_alone, window_alone, window_alone, dialog_alone, dialog_alone, phone))
    surface: Surface = scene(studio)
    image = surface.image
    if scene is not phone and scene is not dialog_alone and dice.chance(0.4):
        image = _part(studio, image)
    if dice.chance(0.3):
        image = marked(image, dice)
    return photographed(image, dice, fill=dice.between(0.9, 1.3)) if dice.chance(0.05) else image


def _part(studio: Studio, image: Image.Image) -> Image.Image:
    """Return a part of a screen; wide ones are the commonest."""
    dice = studio.dice
    width, height = round(image.width * dice.between(0.35, 1)), round(image.height * dice.between(0.2, 0.9))
    left, top = dice.whole(0, image.width - width), dice.whole(0, image.height - height)
    return image.crop((left, top, left + width, top + height))
