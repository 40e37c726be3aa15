"""Charts as SVG, made on the server: no script draws them, and each says in words and in a table what it shows.

Colours are classes of the style sheet (`series-0`, `series-1`, …), so that they follow the light and the dark scheme.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import ceil
from typing import NamedTuple

from markupsafe import Markup, escape

WIDTH, HEIGHT = 320, 180
LEFT, RIGHT, TOP, BOTTOM = 36, 8, 10, 24
MOST_STEPS_NAMED = 4
MOST_SERIES = 10  # with a colour of their own


class Point(NamedTuple):
    """A point of a curve, both parts as drawn on axes from 0 to 1, and what it says."""

    x: float
    y: float
    told: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing, and the same as a table.

    Attributes:
        says: What it shows, as a sentence with the figures that matter.
        legend: Number of the colour and name of each series; empty where there is one.
        axes: What goes to the right and what goes up; empty where the legend tells.
        head: Of the table.
        rows: Of the table, as text.
    """

    title: str
    says: str
    svg: Markup
    legend: Sequence[tuple[int, str]]
    axes: Sequence[str]
    head: Sequence[str]
    rows: Sequence[Sequence[str]]


def columns(
    title: str,
    description: str,
    steps: Sequence[str],
    series: Mapping[str, Sequence[int]],
    *,
    step: str,
    colour: int = 0,
) -> Chart:
    """Return columns over steps of time, the series stacked with the first at the bottom.

    Args:
        title: What is shown.
        description: The same in a sentence with the figures that matter, for those who cannot see it.
        steps: Names of the columns.
        series: Name to its count of each step.
        step: What a step is called in the table.
        colour: Number of that of the first series; the others have those that follow.
    """
    highest = _round_up(max((sum(counts) for counts in zip(*series.values(), strict=True)), default=0))
    broad = (WIDTH - LEFT - RIGHT) / max(len(steps), 1)
    parts = [_axis([(share, f"{share * highest:.0f}") for share in (0, 0.5, 1)]), _names(steps, broad)]
    for place, name in enumerate(steps):
        below = 0
        for number, (said, counts) in enumerate(series.items()):
            count = counts[place]
            x, y = LEFT + place * broad + broad * 0.1, _y((below + count) / highest)
            tall = _y(below / highest) - y
            if count:
                parts.append(
                    Markup('<rect class="series-{}" x="{:.1f}" y="{:.1f}" width="{:.1f}" height="{:.1f}">').format(
                        (colour + number) % MOST_SERIES, x, y, broad * 0.8, tall
                    )
                    + Markup("<title>{}</title></rect>").format(f"{name}: {said} {count}")
                )
            below += count
    rows = [[name, *(str(counts[place]) for counts in series.values())] for place, name in enumerate(steps)]
    legend = [((colour + number) % MOST_SERIES, name) for number, name in enumerate(series)]
    return Chart(title, description, _svg(title, description, parts), legend, (), [step, *series], rows)


def curve(
    title: str,
    description: str,
    points: Sequence[Point],
    *,
    axes: tuple[str, str],
    names: Sequence[str] = (),
    ends: tuple[str, str] = ("0%", "100%"),
    with_diagonal: bool = False,
) -> Chart:
    """Return points joined by lines, on a vertical axis from 0 to 100 %.

    Args:
        title: What is shown.
        description: The same in a sentence with the figures that matter, for those who cannot see it.
        points: From left to right.
        axes: What the table calls both parts.
        names: Of steps below the axis, each with one point in its middle.
        ends: Without steps, what the axis is called at its ends.
        with_diagonal: Draw where both parts are equal.
    """
    parts = [_axis([(share, f"{share:.0%}") for share in (0, 0.5, 1)])]
    if names:
        parts.append(_names(names, (WIDTH - LEFT - RIGHT) / len(names)))
    else:
        parts += [_text(_x(0), HEIGHT - 8, ends[0], "start"), _text(_x(1), HEIGHT - 8, ends[1], "end")]
    if with_diagonal:
        parts.append(_line(_x(0), _y(0), _x(1), _y(1), "ideal"))
    path = " ".join(f"{_x(point.x):.1f},{_y(point.y):.1f}" for point in points)
    parts.append(Markup('<polyline class="curve" points="{}"/>').format(path))
    for point in points:
        dot = Markup('<circle class="dot" cx="{:.1f}" cy="{:.1f}" r="3"><title>{}</title></circle>')
        parts.append(dot.format(_x(point.x), _y(point.y), point.told))
    rows = [point.told.split(": ", 1) for point in points]
    return Chart(title, description, _svg(title, description, parts), (), axes, axes, rows)


def _svg(title: str, description: str, parts: Sequence[Markup]) -> Markup:
    # The title is told by the label: as an element it would cover those of the columns.
    head = Markup('<svg class="chart" role="img" viewBox="0 0 {} {}" aria-label="{}">').format(
        WIDTH, HEIGHT, f"{title}. {description}"
    )
    return head + Markup("<desc>{}</desc>").format(description) + Markup("").join(parts) + Markup("</svg>")


def _axis(marks: Sequence[tuple[float, str]]) -> Markup:
    return Markup("").join(
        _line(LEFT, _y(share), WIDTH - RIGHT, _y(share), "grid") + _text(LEFT - 5, _y(share) + 3, name, "end")
        for share, name in marks
    )


def _names(steps: Sequence[str], broad: float) -> Markup:
    """Return the names of some steps, as many as fit beside each other; the last is always told."""
    every = max(ceil(len(steps) / MOST_STEPS_NAMED), 1)
    told = [place for place in range(len(steps)) if (len(steps) - 1 - place) % every == 0]
    places = [(LEFT + (place + 0.5) * broad, steps[place]) for place in told]
    return Markup("").join(_text(min(x, WIDTH - RIGHT - 16), HEIGHT - 8, name, "middle") for x, name in places)


def _line(x1: float, y1: float, x2: float, y2: float, kind: str) -> Markup:
    return Markup('<line class="{}" x1="{:.1f}" y1="{:.1f}" x2="{:.1f}" y2="{:.1f}"/>').format(kind, x1, y1, x2, y2)


def _text(x: float, y: float, said: str, anchor: str) -> Markup:
    return Markup('<text x="{:.1f}" y="{:.1f}" text-anchor="{}">{}</text>').format(x, y, anchor, escape(said))


def _x(share: float) -> float:
    return LEFT + share * (WIDTH - LEFT - RIGHT)


def _y(share: float) -> float:
    return HEIGHT - BOTTOM - share * (HEIGHT - TOP - BOTTOM)


def _round_up(count: int) -> int:
    """Return the next number that is easily halved: 2, 4, 6, 8, 10, 20, …; 2 for nothing."""
    size = 1
    while True:
        for times in (2, 4, 6, 8, 10):
            if count <= times * size:
                return times * size
        size *= 10
