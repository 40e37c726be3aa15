"""What is set in letters of one width: terminals and editors of source text."""

from training.kinds.screens.surface import Box, Surface
from training.kinds.sheet import Colour

_GROUNDS: tuple[Colour, ...] = (
    (0, 0, 0),
    (12, 12, 12),
    (1, 36, 86),
    (0, 43, 54),
    (40, 42, 54),
    (30, 30, 30),
    (48, 10, 36),
    (255, 255, 255),
    (253, 246, 227),
)
_STARTS = ("$ ", "> ", "PS C:\\> ", "# ", "~ % ", "C:\\Windows>")
_SIGNS = ("=", "()", "{", "}", "=>", ":", ";", "+=", "[0]", "->", "!=")


def terminal_pane(surface: Surface, box: Box) -> None:
    """Fill a box with a terminal: a start, commands, what they answer; seldom full."""
    dice, words = surface.studio.dice, surface.studio.wording
    ground = dice.pick(_GROUNDS)
    left, top, right, bottom = box
    surface.draw.rectangle(box, ground)
    weak, used = _inks(surface, ground), surface.font(mono=True)
    start, filled = dice.pick(_STARTS), dice.between(0.05, 1.1)
    wide, pitch = max(1.0, used.getlength("m")), round(surface.size * 1.25)
    coloured = dice.between(0, 0.5)
    for number, y in enumerate(range(top + 4, bottom - pitch, pitch)):
        if number * pitch > (bottom - top) * filled:
            break
        text = dice.pick(
            (
                start + words.words(2).lower(),
                words.words(dice.whole(1, 14)),
                f"{words.digits(4)} {words.title(1)} {words.digits(6)}",
                "",
            )
        )
        text = text[: int((right - left - 8) / wide)]
        surface.draw.text((left + 6, y), text, dice.pick(weak[1:]) if dice.chance(coloured) else weak[0], used)
    if dice.chance(0.1):
        for x in range(left + 10, min(right, left + 400), 40):
            surface.draw.rectangle((x, (top + bottom) // 2, x + 34, (top + bottom) // 2 + 20), dice.colour())


def editor_pane(surface: Surface, box: Box) -> None:
    """Fill a box with source text: numbers of lines, indented words in several colours, perhaps files beside."""
    dice, words, theme = surface.studio.dice, surface.studio.wording, surface.theme
    left, top, right, bottom = box
    if dice.chance(0.5):
        surface.draw.rectangle((left, top, left + 140, bottom), theme.panel)
        for y in range(top + 8, bottom - 20, round(surface.size * 1.6)):
            if dice.chance(0.7):
                surface.text(left + 10 + 12 * dice.whole(0, 2), y, words.title(1).lower(), theme.soft, 0.9, 110)
        left += 150
    used, inks, pitch, indent = surface.font(mono=True), _inks(surface, theme.ground), round(surface.size * 1.4), 0
    wide = max(1.0, used.getlength("m"))
    for number, y in enumerate(range(top + 4, bottom - pitch, pitch)):
        surface.draw.text((left + 4, y), f"{number + 1:>3}", theme.soft, used)
        indent = max(0, min(6, indent + dice.pick((-1, 0, 0, 0, 1))))
        x = left + wide * (5 + 2 * indent)
        for _ in range(dice.whole(0, 6)):
            text = dice.pick((words.title(1).lower(), dice.pick(_SIGNS), f'"{words.words(2)}"'))
            if x + wide * len(text) > right:
                break
            surface.draw.text((x, y), text, dice.pick(inks), used)
            x += wide * (len(text) + 1)


def _inks(surface: Surface, ground: Colour) -> tuple[Colour, ...]:
    dice = surface.studio.dice
    if sum(ground) < 380:
        return (dice.grey(190, 250), *(dice.colour(90, 255) for _ in range(4)))
    return (dice.grey(0, 80), *(dice.colour(0, 170) for _ in range(4)))
