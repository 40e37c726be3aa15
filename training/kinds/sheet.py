"""A sheet that is written on from top to bottom."""

import textwrap
from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw

from training.kinds.dice import Dice
from training.kinds.typefaces import Font

Colour = tuple[int, int, int]
BLACK: Colour = (0, 0, 0)


class Sheet:
    """A page with margins and a place to write next.

    Attributes:
        image: RGB, white at first.
        left, right: Edges of what is written, in pixels; change them for columns.
        y: Where the next line begins.
    """

    def __init__(self, width: int, height: int, margin: int, paper: Colour = (255, 255, 255)) -> None:
        self.image = Image.new("RGB", (width, height), paper)
        self.draw = ImageDraw.Draw(self.image)
        self.left, self.right, self.y = margin, width - margin, margin

    @property
    def is_full(self) -> bool:
        """Return whether no further line fits."""
        return self.y > self.image.height - self.image.height // 14

    def line(self, text: str, font: Font, ink: Colour = BLACK, align: str = "left", leading: float = 1.25) -> None:
        """Write one line, and go to the next."""
        length = font.getlength(text)
        x = {"left": self.left, "right": self.right - length, "centre": (self.left + self.right - length) / 2}[align]
        self.draw.text((x, self.y), text, ink, font)
        self.y += round(line_height(font) * leading)

    def paragraph(
        self, text: str, font: Font, ink: Colour = BLACK, *, justify: bool = False, leading: float = 1.25
    ) -> None:
        """Write text in lines that fit, until it ends or the sheet does."""
        lines = textwrap.wrap(text, max(4, int((self.right - self.left) / (font.getlength("enstira ") / 8))))
        for number, line in enumerate(lines):
            if self.is_full:
                return
            if justify and number < len(lines) - 1:
                self._justified(line, font, ink)
            else:
                self.draw.text((self.left, self.y), line, ink, font)
            self.y += round(line_height(font) * leading)

    def row(
        self, cells: Sequence[str], edges: Sequence[float], font: Font, ink: Colour = BLACK, leading: float = 1.4
    ) -> None:
        """Write cells beside each other; edges are fractions of the width; a negative one ends its cell."""
        for cell, edge in zip(cells, edges, strict=True):
            x = self.left + abs(edge) * (self.right - self.left)
            self.draw.text((x - (font.getlength(cell) if edge < 0 else 0), self.y), cell, ink, font)
        self.y += round(line_height(font) * leading)

    def rule(self, ink: Colour = BLACK, width: int = 1, gap: int = 4) -> None:
        """Draw a line across, with a gap above and below."""
        self.draw.line((self.left, self.y + gap, self.right, self.y + gap), ink, width)
        self.y += 2 * gap + width

    def _justified(self, line: str, font: Font, ink: Colour) -> None:
        words = line.split()
        spare = self.right - self.left - sum(font.getlength(word) for word in words)
        x: float = self.left
        for word in words:
            self.draw.text((x, self.y), word, ink, font)
            x += font.getlength(word) + max(1.0, spare / max(1, len(words) - 1))


def line_height(font: Font) -> float:
    """Return how high a line of this font is, in pixels."""
    return float(getattr(font, "size", 11))


def scribble(
    draw: ImageDraw.ImageDraw, dice: Dice, box: tuple[float, float, float, float], ink: Colour, width: int = 2
) -> None:
    """Draw a curve as a pen makes it in signatures: loops that lean and go to the right."""
    left, top, right, bottom = box
    steps = dice.whole(40, 90)
    phase, wild = dice.between(0, 6), dice.between(0.5, 1.6)
    loops = dice.between(3, 9) * 6.28
    wander = dice.rng.normal(0, 0.12, steps).cumsum()
    wander -= wander.mean()
    t = np.linspace(0, 1, steps)
    x = left + (right - left) * (t * 0.9 + 0.07 * np.cos(loops * t + phase) * wild)
    y = (top + bottom) / 2 + (bottom - top) * (
        0.3 * np.sin(loops * t * dice.between(0.8, 1.2)) * (1 - 0.6 * t) * wild + wander * 0.3
    )
    draw.line(list(zip(x.tolist(), y.tolist(), strict=True)), ink, width, joint="curve")
