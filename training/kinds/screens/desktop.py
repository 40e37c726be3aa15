"""Windows, dialogs, browsers, telephones, and the desktop behind them."""

from PIL import Image

from training.kinds.screens.code import editor_pane, terminal_pane
from training.kinds.screens.panes import (
    Pane,
    cards_pane,
    cells_pane,
    chart_pane,
    form_pane,
    icon,
    list_pane,
    picture_pane,
    table_pane,
    text_pane,
)
from training.kinds.screens.surface import WHITE, Box, Surface, theme
from training.kinds.studio import Studio

_PANES: tuple[Pane, ...] = (
    table_pane, table_pane, form_pane, form_pane, text_pane, list_pane, cards_pane, cells_pane, chart_pane,
    editor_pane, editor_pane, terminal_pane, terminal_pane,
)  # fmt: skip


def window_alone(studio: Studio) -> Surface:
    """Return a program that fills the picture: with its frame, a browser around it, or only its contents."""
    surface = _surface(studio, studio.dice.whole(500, 1100), studio.dice.whole(320, 760))
    frame = studio.dice.pick((_framed, _framed, _browsed, _browsed, _bare))
    frame(surface, (0, 0, *surface.image.size))
    if studio.dice.chance(0.15):
        _modal(surface)
    return surface


def dialog_alone(studio: Studio) -> Surface:
    """Return one dialog: a title, a message or fields, buttons."""
    surface = _surface(
        studio,
        studio.dice.whole(320, 760),
        studio.dice.pick((studio.dice.whole(140, 620), studio.dice.whole(300, 1000))),
    )
    _dialog(surface, (0, 0, *surface.image.size))
    return surface


def desktop(studio: Studio) -> Surface:
    """Return a desktop with a picture behind, windows over each other, and a bar."""
    dice = studio.dice
    surface = _surface(studio, dice.whole(900, 1200), dice.whole(560, 720))
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
        dice.pick((_framed, _framed, _browsed, _dialog))(surface, box)
    surface.draw.rectangle((0, height - 34, width, height), dice.pick(((16, 16, 20), (238, 240, 245), dice.ink())))
    for x in range(8, dice.whole(80, 500), 40):
        icon(surface, x, height - 28, 22)
    return surface


def phone(studio: Studio) -> Surface:
    """Return a telephone's screen: the bar with the time, a head, contents or a chat, tabs below."""
    dice, words = studio.dice, studio.wording
    width = dice.whole(360, 540)
    surface = _surface(studio, width, round(width * dice.between(1.6, 2.2)))
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
        _modal(surface)
    return surface


def _surface(studio: Studio, width: int, height: int) -> Surface:
    size = studio.dice.pick((11, 12, 13, 14, 16, 22))
    return Surface(studio, width, height, theme(studio), size)


def _framed(surface: Surface, box: Box) -> None:
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


def _browsed(surface: Surface, box: Box) -> None:
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


def _bare(surface: Surface, box: Box) -> None:
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


def _dialog(surface: Surface, box: Box) -> None:
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


def _modal(surface: Surface) -> None:
    """Darken what is there, and put a dialog over it."""
    dice = surface.studio.dice
    veil = Image.new("RGB", surface.image.size, dice.pick(((0, 0, 0), (90, 90, 90))))
    surface.image.paste(Image.blend(surface.image, veil, dice.between(0.25, 0.6)))
    width, height = surface.image.size
    wide, high = round(width * dice.between(0.35, 0.8)), round(height * dice.between(0.3, 0.7))
    left, top = (width - wide) // 2, dice.whole(0, max(1, (height - high) // 2))
    surface.draw.rectangle((left, top, left + wide, top + high), surface.theme.ground)
    _dialog(surface, (left, top, left + wide, top + high))


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
