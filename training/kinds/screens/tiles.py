"""Smaller things that fill a window: cards, cells, charts, pictures, icons."""

from training.kinds.screens.surface import Box, Surface


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
