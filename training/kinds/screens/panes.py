"""What fills a window: tables, forms, text, lists."""

from collections.abc import Callable

from training.kinds.screens.surface import WHITE, Box, Surface
from training.kinds.screens.tiles import icon, picture_pane

Pane = Callable[[Surface, Box], None]


def table_pane(surface: Surface, box: Box) -> None:
    """Fill a box with rows of a table, one of them chosen; tight or airy."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    pitch = round(surface.size * dice.pick((1.25, 1.4, 1.9, 2.8)))
    edges = sorted({0.0, *(dice.between(0.1, 0.92) for _ in range(dice.whole(1, 7)))})
    lines, chosen, icons = dice.chance(0.5), dice.whole(1, 14), dice.chance(0.4)
    surface.draw.rectangle((left, top, right, top + pitch), theme.panel)
    rows = dice.whole(2, 80) if dice.chance(0.7) else 200
    for number in range(rows):
        y = top + number * pitch
        if y + pitch > bottom:
            return
        if number == chosen and dice.chance(0.7):
            surface.draw.rectangle((left, y, right, y + pitch), theme.accent)
        ink = theme.soft if number == 0 else WHITE if number == chosen else theme.ink
        for edge, end in zip(edges, [*edges[1:], 1.0], strict=True):
            x, until = (left + place * (right - left) for place in (edge, end))
            text = (
                words.title(1)
                if number == 0
                else dice.pick((words.words(3), words.digits(5), words.amount(), words.date()))
            )
            shift = surface.size * 1.6 if icons and edge == 0 and number else 4
            if shift > 4:
                icon(surface, round(x) + 3, y + 3, round(surface.size))
            surface.text(
                x + shift, y + (pitch - surface.size) / 2 - 1, text, ink, 0.95, max(4.0, until - x - shift - 6)
            )
        if lines:
            surface.draw.line((left, y + pitch, right, y + pitch), theme.line)


def form_pane(surface: Surface, box: Box) -> None:
    """Fill a box with labels, fields, ticks, and buttons at its end."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    pad, y = round(surface.size * 1.2), top + surface.size
    above, wide = dice.chance(0.6), dice.between(0.4, 1)
    if dice.chance(0.5):
        surface.text(left + pad, y, words.title(2), scale=dice.between(1.2, 2))
        y += round(surface.size * 3)
    while y < bottom - surface.size * 6 and not (y > top + 200 and dice.chance(0.1)):
        kind = dice.pick(("field", "field", "tick", "text", "switch"))
        if kind == "field":
            surface.text(
                left + pad,
                y,
                words.title(dice.whole(1, 3)),
                theme.soft if above else theme.ink,
                0.9,
                right - left - pad,
            )
            x = left + pad if above else left + pad + (right - left) // 3
            y += round(surface.size * 1.5) if above else 0
            until = max(x + 40, round(left + (right - left - pad) * wide))
            high = round(surface.size * dice.pick((1.9, 2.2, 2.2, 5)))
            surface.field((x, y, until, y + high), words.words(2) if dice.chance(0.6) else "")
            y += high
        elif kind == "tick":
            size = round(surface.size)
            surface.draw.rectangle(
                (left + pad, y, left + pad + size, y + size),
                theme.accent if dice.chance(0.5) else theme.ground,
                theme.line,
            )
            surface.text(left + pad + size * 1.7, y - 1, words.words(dice.whole(2, 6)), None, 1, right - left - 4 * pad)
            y += size
        elif kind == "switch":
            size = round(surface.size * 1.1)
            surface.draw.rounded_rectangle((left + pad, y, left + pad + 2 * size, y + size), size // 2, theme.accent)
            surface.text(left + pad + size * 3, y, words.title(2), None, 1, right - left - 5 * pad)
            y += size
        else:
            surface.text(left + pad, y, words.sentence(), theme.soft, 0.9, right - left - 2 * pad)
        y += round(surface.size * dice.between(0.9, 1.8))
    x = left + pad if dice.chance(0.5) else max(left + pad, right - round(surface.size * 18))
    for number in range(dice.whole(1, 3)):
        x = surface.button(x, min(y + 6, bottom - round(surface.size * 2.6)), words.title(1), main=number == 0)


def text_pane(surface: Surface, box: Box) -> None:
    """Fill a box with an article, a mail or a help page: a heading, paragraphs, perhaps a picture."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    pad, y = round(surface.size * 1.5), top + surface.size
    surface.text(
        left + pad,
        y,
        words.title(3),
        theme.accent if dice.chance(0.3) else None,
        dice.between(1.4, 2.6),
        right - left - 2 * pad,
    )
    y += surface.size * 4
    while y < bottom - surface.size * 2:
        if dice.chance(0.12):
            high = min(bottom - y - 4, dice.whole(60, 240))
            picture_pane(
                surface,
                (left + pad, y, left + pad + max(40, round((right - left) * dice.between(0.3, 0.8))), y + max(8, high)),
            )
            y += high + surface.size
        for _ in range(dice.whole(1, 5)):
            if y < bottom - surface.size * 2:
                surface.text(
                    left + pad, y, words.words(30), theme.ink, 1, (right - left - 2 * pad) * dice.pick((1, 1, 1, 0.6))
                )
                y += round(surface.size * 1.55)
        y += surface.size
        if dice.chance(0.08):
            return


def list_pane(surface: Surface, box: Box) -> None:
    """Fill a box with entries: a disc or an icon, a title, a weaker second line."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    pitch, round_icons = round(surface.size * dice.pick((2, 3.4, 4.2))), dice.chance(0.5)
    for number in range(dice.whole(2, 30)):
        y = top + number * pitch
        if y + pitch > bottom:
            return
        size = round(pitch * 0.6)
        if round_icons:
            surface.draw.ellipse(
                (left + 8, y + size // 3, left + 8 + size, y + size // 3 + size),
                dice.pick((theme.accent, theme.line, dice.colour(60, 230))),
            )
        else:
            icon(surface, left + 8, y + size // 3, size)
        surface.text(left + size + 20, y + pitch * 0.15, words.title(2), None, 1, right - left - size - 30)
        if pitch > surface.size * 3:
            surface.text(left + size + 20, y + pitch * 0.5, words.words(6), theme.soft, 0.9, right - left - size - 30)
        surface.draw.line((left, y + pitch, right, y + pitch), theme.line)
