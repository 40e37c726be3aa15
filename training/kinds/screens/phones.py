"""Telephones: a bar with the time, a head, contents or a chat, tabs below."""

from training.kinds.screens.dialogs import dialog_over
from training.kinds.screens.panes import form_pane, list_pane, text_pane
from training.kinds.screens.surface import WHITE, Box, Surface, surface_of
from training.kinds.screens.tiles import cards_pane, chart_pane, icon
from training.kinds.studio import Studio


def phone(studio: Studio) -> Surface:
    """Return a telephone's screen: the bar with the time, a head, contents or a chat, tabs below."""
    dice, words = studio.dice, studio.wording
    width = dice.whole(360, 540)
    surface = surface_of(studio, width, round(width * dice.between(1.6, 2.2)))
    surface.size = round(width / 24)
    chosen, size, height = surface.theme, surface.size, surface.image.height
    head = dice.pick((chosen.accent, chosen.panel, chosen.ground))
    ink = WHITE if sum(head) < 380 else (20, 20, 20)
    surface.draw.rectangle((0, 0, width, size * 5), head)
    surface.text(12, 4, f"{dice.whole(0, 23)}:{words.digits(2)}", ink, 0.8)
    for x in range(3):
        surface.draw.rectangle((width - 20 - x * 22, 8, width - 8 - x * 22, 8 + size // 2), ink)
    surface.text(16, size * 2.4, words.title(2), ink, 1.3)
    body = (0, size * 5, width, height - size * 4)
    dice.pick((_chat, _chat, list_pane, list_pane, form_pane, text_pane, cards_pane, chart_pane))(surface, body)
    surface.draw.rectangle((0, height - size * 4, width, height), chosen.panel)
    for number in range(count := dice.whole(3, 5)):
        icon(surface, round((number + 0.4) * width / count), height - size * 3, size)
    if dice.chance(0.2):
        dialog_over(surface)
    return surface


def _chat(surface: Surface, box: Box) -> None:
    """Draw bubbles on both sides."""
    dice, words, chosen, size = surface.studio.dice, surface.studio.wording, surface.theme, surface.size
    left, top, right, bottom = box
    y = top + size
    surface.draw.rectangle(box, dice.pick((chosen.ground, (229, 221, 213), chosen.panel)))
    while y < bottom - size * 4:
        lines, mine = dice.whole(1, 5), dice.chance(0.5)
        wide = round((right - left) * dice.between(0.3, 0.75))
        x = right - wide - 12 if mine else left + 12
        high = round(lines * size * 1.4 + size)
        fill = dice.pick((chosen.accent, (220, 248, 198))) if mine else dice.pick((WHITE, chosen.line))
        surface.draw.rounded_rectangle((x, y, x + wide, y + high), 12, fill)
        for line in range(lines):
            surface.text(
                x + 10,
                y + size * 0.5 + line * size * 1.4,
                words.words(8),
                (20, 20, 20) if sum(fill) > 380 else WHITE,
                1,
                wide - 20,
            )
        y += high + dice.whole(6, 24)
