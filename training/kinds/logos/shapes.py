"""Flat shapes that marks are made of."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PIL import ImageDraw

from training.kinds.dice import Dice
from training.kinds.sheet import Colour

Box = tuple[int, int, int, int]
Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Stencil:
    """A place to draw a shape: its box, middle and radius, how many parts the shape has, how far it is turned."""

    dice: Dice
    draw: ImageDraw.ImageDraw
    box: Box
    colours: Sequence[Colour]
    count: int
    turn: float

    @property
    def middle(self) -> Point:
        """Return the middle of the box."""
        return (self.box[0] + self.box[2]) / 2, (self.box[1] + self.box[3]) / 2

    @property
    def radius(self) -> float:
        """Return half the width."""
        return (self.box[2] - self.box[0]) / 2

    def colour(self) -> Colour:
        """Return one of the colours."""
        return self.dice.pick(self.colours)

    def on_circle(self, share: float, step: float, steps: float) -> Point:
        """Return a point at a share of the radius, so many steps around the middle."""
        angle = self.turn + step * 2 * math.pi / steps
        return self.middle[0] + math.cos(angle) * self.radius * share, self.middle[1] + math.sin(
            angle
        ) * self.radius * share


def draw_shape(dice: Dice, draw: ImageDraw.ImageDraw, box: Box, colours: Sequence[Colour]) -> None:
    """Draw one shape of up to seven parts into a box."""
    dice.pick(_SHAPES)(Stencil(dice, draw, box, colours, dice.whole(2, 7), dice.between(0, 6.28)))


def _rings(stencil: Stencil) -> None:
    left, top, right, bottom = stencil.box
    rings, width = stencil.count // 2 + 1, max(3, round(stencil.radius / stencil.dice.whole(4, 9)))
    for number in range(rings):
        inset = stencil.radius * number / rings
        around = (left + inset, top + inset, right - inset, bottom - inset)
        stencil.draw.ellipse(around, outline=stencil.colour(), width=width)


def _petals(stencil: Stencil) -> None:
    for number in range(stencil.count):
        x, y = stencil.on_circle(0.5, number, stencil.count)
        size = stencil.radius * stencil.dice.between(0.35, 0.5)
        stencil.draw.ellipse((x - size, y - size, x + size, y + size), fill=stencil.colour())


def _polygon(stencil: Stencil) -> None:
    inner, corners = stencil.dice.pick((1, 1, stencil.dice.between(0.35, 0.7))), max(3, stencil.count)
    for share in (1, 0.5):
        points = [
            stencil.on_circle(share * (inner if step % 2 else 1), step, 2 * corners) for step in range(2 * corners)
        ]
        stencil.draw.polygon(points, fill=stencil.colour())


def _bars(stencil: Stencil) -> None:
    left, top, right, bottom = stencil.box
    wide, slant = (right - left) / stencil.count, stencil.dice.pick((0, 0, stencil.radius / 2))
    for number in range(stencil.count):
        x, y = left + number * wide, bottom - stencil.dice.between(0.3, 1) * (bottom - top)
        corners = ((x + slant, y), (x + slant + wide * 0.7, y), (x + wide * 0.7, bottom), (x, bottom))
        stencil.draw.polygon(corners, fill=stencil.colour())


def _blocks(stencil: Stencil) -> None:
    left, top, right, _ = stencil.box
    cells = stencil.dice.whole(2, 4)
    step = (right - left) / cells
    for number in range(cells * cells):
        x, y = left + number % cells * step, top + number // cells * step
        if stencil.dice.chance(0.65):
            radius = stencil.dice.pick((0, step / 4))
            stencil.draw.rounded_rectangle((x, y, x + step * 0.92, y + step * 0.92), radius, stencil.colour())


def _slices(stencil: Stencil) -> None:
    dice, (left, top, *_), middle = stencil.dice, stencil.box, stencil.middle
    for _ in range(stencil.count):
        x, y = dice.between(left, middle[0]), dice.between(top, middle[1])
        size = stencil.radius * dice.between(0.4, 1)
        start, end = dice.whole(0, 3) * 90, dice.whole(4, 7) * 90
        stencil.draw.pieslice((x, y, x + size, y + size), start, end, stencil.colour())


def _curve(stencil: Stencil) -> None:
    shares = [stencil.dice.between(0.3, 1) for _ in range(stencil.count + 1)]
    points = [stencil.on_circle(share, step, stencil.count) for step, share in enumerate(shares)]
    width = max(4, round(stencil.radius / stencil.dice.whole(3, 8)))
    stencil.draw.line(points, stencil.colour(), width, joint="curve")


_SHAPES: tuple[Callable[[Stencil], None], ...] = (_rings, _petals, _polygon, _polygon, _bars, _blocks, _slices, _curve)
