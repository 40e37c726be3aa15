"""What fills a window: tables, forms, text, lists, cards, charts, a sheet of cells."""

from collections.abc import Callable

from training.kinds.screens.surface import WHITE, Box, Surface

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


def cards_pane(surface: Surface, box: Box) -> None:
    """Fill a box with tiles: an icon and a name, or a number, or a picture."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    size, gap, style = dice.whole(80, 220), dice.whole(8, 24), dice.pick(("icon", "number", "picture", "colour"))
    for y in range(top + gap, bottom - size // 2, size + gap):
        for x in range(left + gap, right - size, size + gap):
            tile = (x, y, x + size, y + round(size * 0.8))
            surface.draw.rounded_rectangle(
                tile, theme.radius, dice.ink() if style == "colour" else theme.panel, theme.line
            )
            if style == "picture":
                picture_pane(surface, (x, y, x + size, y + size // 2))
            elif style == "number":
                surface.text(x + 10, y + 10, words.digits(dice.whole(1, 4)), theme.accent, 2.2)
            else:
                icon(surface, x + size // 3, y + 10, size // 3)
            surface.text(x + 8, y + size * 0.55, words.title(1), None, 1, size - 16)


def cells_pane(surface: Surface, box: Box) -> None:
    """Fill a box with the cells of a spreadsheet, letters above and numbers beside."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    high, wide = round(surface.size * 1.5), round(surface.size * dice.between(4, 9))
    filled, coloured = dice.between(0.1, 0.9), dice.chance(0.3)
    surface.draw.rectangle((left, top, right, top + high), theme.panel)
    surface.draw.rectangle((left, top, left + 34, bottom), theme.panel)
    for column, x in enumerate(range(left + 34, right, wide)):
        surface.text(x + wide / 2, top + 2, chr(65 + column % 26), theme.soft, 0.9)
        for row, y in enumerate(range(top + high, bottom - high, high)):
            if coloured and dice.chance(0.1):
                surface.draw.rectangle((x, y, x + wide, y + high), dice.colour(150, 250))
            if dice.chance(filled):
                surface.text(
                    x + 4, y + 2, dice.pick((words.amount(), words.digits(3), words.title(1))), theme.ink, 0.9, wide - 6
                )
            if column == 0:
                surface.text(left + 6, y + 2, str(row + 1), theme.soft, 0.9)
        surface.draw.line((x, top, x, bottom), theme.line)
    for y in range(top + high, bottom, high):
        surface.draw.line((left, y, right, y), theme.line)


def chart_pane(surface: Surface, box: Box) -> None:
    """Fill a box with a chart: bars, lines, or slices."""
    dice, theme = surface.studio.dice, surface.theme
    left, top, right, bottom = box[0] + 40, box[1] + 20, box[2] - 20, box[3] - 30
    if right - left < 40 or bottom - top < 40:
        return
    for y in range(top, bottom, max(10, (bottom - top) // 6)):
        surface.draw.line((left, y, right, y), theme.line)
    kind, count = dice.pick(("bars", "lines", "slices")), dice.whole(4, 24)
    step = (right - left) / count
    if kind == "slices":
        size, angle = min(right - left, bottom - top), 0.0
        while angle < 360:
            end = min(360.0, angle + dice.between(15, 120))
            surface.draw.pieslice((left, top, left + size, top + size), angle, end, dice.colour(40, 230))
            angle = end
    for _ in range(dice.whole(1, 3)):
        heights = [dice.between(0, 1) * (bottom - top) for _ in range(count)]
        ink = dice.pick((theme.accent, dice.ink()))
        if kind == "bars":
            for number, high in enumerate(heights):
                surface.draw.rectangle((left + number * step, bottom - high, left + (number + 0.7) * step, bottom), ink)
        elif kind == "lines":
            surface.draw.line([(left + number * step, bottom - high) for number, high in enumerate(heights)], ink, 2)


def picture_pane(surface: Surface, box: Box) -> None:
    """Fill a box with a picture."""
    surface.image.paste(surface.studio.picture(box[2] - box[0], box[3] - box[1]), (box[0], box[1]))


def icon(surface: Surface, x: int, y: int, size: int) -> None:
    """Draw a small mark: a disc, a square, a bar, a ring, in some colour."""
    dice, theme = surface.studio.dice, surface.theme
    ink = dice.pick((theme.soft, theme.accent, theme.ink, dice.colour(30, 240)))
    box = (x, y, x + max(3, size), y + max(3, size))
    shape = dice.pick(("disc", "square", "ring", "bar", "folder"))
    if shape == "disc":
        surface.draw.ellipse(box, ink)
    elif shape == "ring":
        surface.draw.ellipse(box, outline=ink, width=max(1, size // 7))
    elif shape == "square":
        surface.draw.rounded_rectangle(box, size // 5, ink)
    elif shape == "bar":
        surface.draw.line((x, y + size, x + size, y), ink, max(1, size // 5))
    else:
        surface.draw.rectangle((x, y + size // 4, x + size, y + size), (235, 195, 95))
