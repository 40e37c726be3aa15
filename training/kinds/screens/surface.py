"""A surface of a screen with its colours and its type."""

from dataclasses import dataclass

from PIL import Image, ImageDraw

from training.kinds.sheet import Colour
from training.kinds.studio import Studio
from training.kinds.typefaces import Font, font

Box = tuple[int, int, int, int]
WHITE: Colour = (255, 255, 255)


@dataclass(frozen=True, slots=True)
class Theme:
    """The colours of one program: ground, a panel beside it, text, weak text, lines, accent; `radius` of corners."""

    ground: Colour
    panel: Colour
    ink: Colour
    soft: Colour
    line: Colour
    accent: Colour
    radius: int


class Surface:
    """An image of a screen with what it takes to draw on it.

    Attributes:
        size: Pixels of ordinary text.
        theme: Colours.
    """

    def __init__(self, studio: Studio, width: int, height: int, theme: Theme, size: int) -> None:
        self.studio, self.theme, self.size = studio, theme, size
        self.image = Image.new("RGB", (width, height), theme.ground)
        self.draw = ImageDraw.Draw(self.image)
        self.face = studio.face("sans")
        self.mono = studio.face("mono")

    def font(self, scale: float = 1.0, *, mono: bool = False) -> Font:
        """Return the program's font, larger or smaller than ordinary text."""
        return font(self.mono if mono else self.face, round(self.size * scale))

    def text(
        self, x: float, y: float, text: str, ink: Colour | None = None, scale: float = 1.0, limit: float = 1e9
    ) -> float:
        """Write a line, cut at `limit` pixels; return where it ends."""
        used = self.font(scale)
        while text and used.getlength(text) > limit:
            text = text[: int(len(text) * min(0.95, limit / used.getlength(text)))]
        self.draw.text((x, y), text, ink or self.theme.ink, used)
        return x + used.getlength(text)

    def button(self, x: int, y: int, text: str, *, main: bool = False) -> int:
        """Draw a button, and return where it ends."""
        theme, pad = self.theme, round(self.size * 0.9)
        end = x + round(self.font().getlength(text)) + 2 * pad
        box = (x, y, end, y + round(self.size * 2.1))
        if main:
            self.draw.rounded_rectangle(box, theme.radius, theme.accent)
        else:
            self.draw.rounded_rectangle(box, theme.radius, theme.panel, theme.line)
        self.text(x + pad, y + self.size * 0.45, text, WHITE if main else theme.ink)
        return end + pad

    def field(self, box: Box, text: str = "") -> None:
        """Draw a field to write into."""
        self.draw.rounded_rectangle(box, min(self.theme.radius, 6), self.theme.ground, self.theme.line)
        self.text(
            box[0] + 6, box[1] + (box[3] - box[1] - self.size) / 2 - 1, text, self.theme.soft, 1, box[2] - box[0] - 10
        )


def theme(studio: Studio) -> Theme:
    """Return the colours of some program: light, grey as of old, dark, or its house's own."""
    dice = studio.dice
    accent = dice.pick(((0, 103, 184), (0, 120, 215), (56, 174, 106), dice.ink(), dice.colour(20, 220)))
    radius = dice.pick((0, 0, 3, 4, 8, 14))
    kind = dice.pick(("light", "light", "light", "soft", "old", "dark", "dark"))
    if kind == "dark":
        base = dice.whole(12, 50)
        tint = dice.pick(((0, 0, 0), (0, 3, 10), (4, 0, 8)))
        ground, panel, line = (_tinted(base + step, tint) for step in (0, dice.whole(6, 18), 40))
        return Theme(ground, panel, dice.grey(190, 245), dice.grey(110, 160), line, accent, radius)
    if kind == "old":
        return Theme(
            WHITE, (dice.pick((212, 236, 240)),) * 3, (0, 0, 0), (90, 90, 90), (128, 128, 128), (10, 36, 106), 0
        )
    ground = WHITE if kind == "light" else dice.grey(240, 252)
    panel = dice.pick((dice.grey(232, 250), dice.colour(225, 255)))
    return Theme(ground, panel, dice.grey(10, 70), dice.grey(110, 170), dice.grey(195, 230), accent, radius)


def surface_of(studio: Studio, width: int, height: int) -> Surface:
    """Return an empty surface of some program, with type of some size."""
    size = studio.dice.pick((11, 12, 13, 14, 16, 22))
    return Surface(studio, width, height, theme(studio), size)


def _tinted(level: int, tint: Colour) -> Colour:
    red, green, blue = (level + part for part in tint)
    return red, green, blue
