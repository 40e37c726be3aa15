"""Dialogs: what they are called, what they say or ask, what one can press."""

from PIL import Image

from training.kinds.screens.panes import form_pane, list_pane, table_pane, text_pane
from training.kinds.screens.surface import WHITE, Box, Surface
from training.kinds.screens.tiles import icon


def dialog(surface: Surface, box: Box) -> None:
    """Draw a dialog: what it is called, what it says or asks, what one can press."""
    dice, words, chosen, size = surface.studio.dice, surface.studio.wording, surface.theme, surface.size
    left, top, right, bottom = box
    surface.draw.rounded_rectangle(
        (left, top, right - 1, bottom - 1), chosen.radius, dice.pick((chosen.ground, chosen.panel)), chosen.line
    )
    titled = dice.chance(0.5)
    if titled:
        surface.draw.rectangle(
            (left, top, right, top + round(size * 2.2)), dice.pick((chosen.accent, chosen.panel, WHITE))
        )
        surface.text(left + 10, top + size * 0.5, words.title(2), None, 1, right - left - 50)
        surface.text(right - 24, top + size * 0.5, "x", chosen.soft)
    elif dice.chance(0.8):
        title, scale = words.words(dice.whole(1, 5)), dice.between(1.2, 2.1)
        x = left + (right - left - surface.font(scale).getlength(title)) / 2 if dice.chance(0.5) else left + 20
        surface.text(max(left + 8, x), top + size, title, None, scale, right - left - 30)
    y = top + round(size * 4)
    if dice.chance(0.25):
        y = _tabs(surface, left + 8, right - 8, y)
    if dice.chance(0.55):
        dice.pick((form_pane, form_pane, table_pane, list_pane, text_pane))(
            surface, (left + 8, y, right - 8, bottom - size * 4)
        )
    else:
        wide = size * 4 if dice.chance(0.5) else 0
        if wide:
            icon(surface, left + 16, y, size * 3)
        for _ in range(dice.whole(1, 6)):
            if y < bottom - size * 5:
                surface.text(left + 20 + wide, y, words.words(14), None, 1, right - left - 40 - wide)
                y += round(size * 1.5)
    x = left + 20 if dice.chance(0.3) else max(left + 10, right - dice.whole(14, 22) * size)
    for number in range(dice.whole(1, 3)):
        x = surface.button(
            x, bottom - size * 3, dice.pick(("OK", words.say("Abbrechen", "Cancel"), words.title(1))), main=number == 0
        )


def dialog_over(surface: Surface) -> None:
    """Darken what is there, and put a dialog over it."""
    dice = surface.studio.dice
    veil = Image.new("RGB", surface.image.size, dice.pick(((0, 0, 0), (90, 90, 90))))
    surface.image.paste(Image.blend(surface.image, veil, dice.between(0.25, 0.6)))
    width, height = surface.image.size
    wide, high = round(width * dice.between(0.35, 0.8)), round(height * dice.between(0.3, 0.7))
    left, top = (width - wide) // 2, dice.whole(0, max(1, (height - high) // 2))
    surface.draw.rectangle((left, top, left + wide, top + high), surface.theme.ground)
    dialog(surface, (left, top, left + wide, top + high))


def _tabs(surface: Surface, left: int, right: int, y: int) -> int:
    """Draw tabs above a frame, and return where the contents of the frame begin."""
    words, chosen, size = surface.studio.wording, surface.theme, surface.size
    x, high = left, round(size * 1.8)
    for number in range(surface.studio.dice.whole(2, 6)):
        name = words.title(1)
        wide = round(surface.font().getlength(name)) + size
        if x + wide > right:
            break
        surface.draw.rectangle(
            (x, y - (2 if number == 0 else 0), x + wide, y + high),
            chosen.ground if number == 0 else chosen.panel,
            chosen.line,
        )
        surface.text(x + size / 2, y + 3, name)
        x += wide
    surface.draw.line((left, y + high, right, y + high), chosen.line)
    return y + high + 4
