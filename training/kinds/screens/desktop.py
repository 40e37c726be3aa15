"""A window or a dialog alone, and a desktop with windows over each other."""

from training.kinds.screens.dialogs import dialog, dialog_over
from training.kinds.screens.surface import WHITE, Surface, surface_of, theme
from training.kinds.screens.tiles import icon, picture_pane
from training.kinds.screens.windows import bare, browsed, framed
from training.kinds.studio import Studio


def window_alone(studio: Studio) -> Surface:
    """Return a program that fills the picture: with its frame, a browser around it, or only its contents."""
    surface = surface_of(studio, studio.dice.whole(500, 1100), studio.dice.whole(320, 760))
    frame = studio.dice.pick((framed, framed, browsed, browsed, bare))
    frame(surface, (0, 0, *surface.image.size))
    if studio.dice.chance(0.15):
        dialog_over(surface)
    return surface


def dialog_alone(studio: Studio) -> Surface:
    """Return one dialog: a title, a message or fields, buttons."""
    surface = surface_of(
        studio,
        studio.dice.whole(320, 760),
        studio.dice.pick((studio.dice.whole(140, 620), studio.dice.whole(300, 1000))),
    )
    dialog(surface, (0, 0, *surface.image.size))
    return surface


def desktop(studio: Studio) -> Surface:
    """Return a desktop with a picture behind, windows over each other, and a bar."""
    dice = studio.dice
    surface = surface_of(studio, dice.whole(900, 1200), dice.whole(560, 720))
    width, height = surface.image.size
    picture_pane(surface, (0, 0, width, height)) if dice.chance(0.7) else surface.draw.rectangle(
        (0, 0, width, height), dice.ink()
    )
    for number in range(dice.whole(0, 8)):
        icon(surface, 20, 20 + number * 64, 36)
        surface.text(12, 58 + number * 64, studio.wording.title(1)[:9], WHITE, 0.8)
    for _ in range(dice.whole(1, 3)):
        surface.theme = theme(studio)
        left, top = dice.whole(0, width // 2), dice.whole(0, height // 3)
        box = (left, top, min(width, left + dice.whole(300, 800)), min(height - 40, top + dice.whole(200, 520)))
        dice.pick((framed, framed, browsed, dialog))(surface, box)
    surface.draw.rectangle((0, height - 34, width, height), dice.pick(((16, 16, 20), (238, 240, 245), dice.ink())))
    for x in range(8, dice.whole(80, 500), 40):
        icon(surface, x, height - 28, 22)
    return surface
