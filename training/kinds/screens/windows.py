"""Windows of programs and of browsers, and what is in them."""

from training.kinds.screens.code import editor_pane, terminal_pane
from training.kinds.screens.panes import Pane, form_pane, list_pane, table_pane, text_pane
from training.kinds.screens.surface import WHITE, Box, Surface
from training.kinds.screens.tiles import cards_pane, cells_pane, chart_pane, icon

_PANES: tuple[Pane, ...] = (
    table_pane, table_pane, form_pane, form_pane, text_pane, list_pane, cards_pane, cells_pane, chart_pane,
    editor_pane, editor_pane, terminal_pane, terminal_pane,
)  # fmt: skip


def framed(surface: Surface, box: Box) -> None:
    """Draw a window: a title, three buttons, perhaps a menu, tools, a line at its foot, and what is in it."""
    dice, words, chosen, size = surface.studio.dice, surface.studio.wording, surface.theme, surface.size
    left, top, right, bottom = box
    surface.draw.rectangle(box, chosen.ground, chosen.line)
    bar = round(size * 2.2)
    head = dice.pick((chosen.panel, chosen.accent, WHITE, (32, 32, 32)))
    ink = WHITE if sum(head) < 380 else (20, 20, 20)
    surface.draw.rectangle((left, top, right, top + bar), head)
    surface.text(left + 30, top + size * 0.5, words.title(2), ink, 1, max(10, right - left - 160))
    if dice.chance(0.3):
        for number, colour in enumerate(((255, 95, 86), (255, 189, 46), (39, 201, 63))):
            surface.draw.ellipse(
                (left + 8 + number * 18, top + bar // 3, left + 20 + number * 18, top + bar // 3 + 12), colour
            )
    else:
        for x in (right - 24, right - 66, right - 108):
            surface.draw.rectangle((x, top + bar // 3, x + 10, top + bar // 3 + 9), outline=ink)
    top += bar
    if dice.chance(0.5):
        end: float = left + 8
        for _ in range(dice.whole(3, 7)):
            end = surface.text(end, top + 3, words.title(1)[:7], None, 1, max(10, right - end)) + 16
        top += round(size * 1.7)
    if dice.chance(0.4):
        surface.draw.rectangle((left, top, right, top + size * 2), chosen.panel)
        for x_icon in range(left + 8, min(right - 20, left + dice.whole(80, 500)), size * 2):
            icon(surface, x_icon, top + size // 2, size)
        top += size * 2
    if dice.chance(0.5):
        surface.draw.rectangle(
            (left, bottom - round(size * 1.6), right, bottom), dice.pick((chosen.panel, chosen.accent))
        )
        bottom -= round(size * 1.6)
    _contents(surface, (left + 1, top, right - 1, bottom - 1))


def browsed(surface: Surface, box: Box) -> None:
    """Draw a browser or a program on the web: tabs and address, a head, a menu at the side, and what is in it."""
    dice, words, chosen, size = surface.studio.dice, surface.studio.wording, surface.theme, surface.size
    left, top, right, bottom = box
    surface.draw.rectangle(box, chosen.ground)
    if dice.chance(0.5):
        surface.draw.rectangle((left, top, right, top + size * 5), chosen.panel)
        for x in range(left + 8, min(right - 160, left + dice.whole(160, 600)), 160):
            surface.draw.rounded_rectangle((x, top + 4, x + 150, top + round(size * 2.4)), 6, chosen.ground)
            surface.text(x + 10, top + 8, words.title(2), None, 0.9, 120)
        surface.draw.rounded_rectangle(
            (left + 90, top + round(size * 2.7), right - 60, top + round(size * 4.6)), 10, chosen.ground, chosen.line
        )
        surface.text(
            left + 104,
            top + size * 3,
            f"https://{words.title(1).lower()}.example/{words.digits(4)}",
            chosen.soft,
            0.95,
            max(10, right - left - 180),
        )
        top += size * 5
    if dice.chance(0.5):
        surface.draw.rectangle(
            (left, top, right, top + size * 4), dice.pick((chosen.accent, chosen.panel, (30, 33, 40)))
        )
        surface.text(left + 20, top + size * 1.2, words.title(1), dice.pick((WHITE, chosen.soft)), 1.4)
        top += size * 4
    if dice.chance(0.5):
        wide = dice.whole(50, 220)
        dark = dice.chance(0.5)
        surface.draw.rectangle(
            (left, top, left + wide, bottom), dice.pick(((41, 46, 54), dice.grey(15, 60))) if dark else chosen.panel
        )
        for y in range(top + 14, bottom - 20, round(size * dice.between(2, 3.6))):
            icon(surface, left + 10, y, size)
            if wide > 90 and dice.chance(0.9):
                surface.text(
                    left + 14 + size * 1.6,
                    y,
                    words.title(1),
                    dice.grey(150, 230) if dark else chosen.ink,
                    0.95,
                    wide - 50,
                )
        left += wide
    _contents(surface, (left, top, right, bottom))


def bare(surface: Surface, box: Box) -> None:
    """Draw contents alone."""
    _contents(surface, box)


def _contents(surface: Surface, box: Box) -> None:
    """Draw one pane, or two beside or above each other, with air around them or none."""
    dice = surface.studio.dice
    left, top, right, bottom = box
    if right - left < 90 or bottom - top < 60:
        return
    if right - left > 420 and dice.chance(0.3):
        middle = left + round((right - left) * dice.between(0.25, 0.6))
        for part in ((left, top, middle - 4, bottom), (middle, top, right, bottom)):
            dice.pick(_PANES)(surface, part)
        surface.draw.line((middle - 2, top, middle - 2, bottom), surface.theme.line)
        return
    pad = dice.pick((0, 0, 8, 30))
    dice.pick(_PANES)(surface, (left + pad, top + pad, right - pad, bottom - pad))
