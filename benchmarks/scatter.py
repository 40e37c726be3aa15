"""Draws what a contender costs against how good it is."""

import math
from collections.abc import Iterable, Mapping, Sequence
from itertools import cycle, product
from pathlib import Path
from statistics import fmean, geometric_mean
from typing import Any, NamedTuple

# Okabe and Ito's colours, told apart by all kinds of eyes; warm ones are ours. Their yellow fades on white, and
# green and pink, which some eyes take for the same grey, do not follow each other.
OURS = "Triage"
WARM = ("#D55E00", "#E69F00")
COOL = ("#56B4E9", "#0072B2", "#CC79A7", "#000000", "#009E73", "#8A8A8A")
INK, GREY, GRID = "#222222", "#6B6B6B", "#E6E6E6"
WIDTH, HEIGHT, DPI = 8.0, 5.0, 200  # inches, and pixels per inch: 1600 wide
TICKS_MS = tuple(digit * 10.0**power for power, digit in product(range(-3, 4), (1, 2, 5)))
LONG = 28  # characters that a line of a name may have
LOWEST = -25.0  # points of macro-F1; what is further behind is marked at the edge, so that the rest can be told apart
NEAR = 14.0  # points of the page from which a name needs no line to its dot


class Place(NamedTuple):
    """Where a name stands from its dot: how far, in points of the page, and in what direction, 0 to the right."""

    distance: float
    degrees: int

    @property
    def right(self) -> float:
        """How far to the right the name begins."""
        return self.distance * math.cos(math.radians(self.degrees))

    @property
    def up(self) -> float:
        """How far up."""
        return self.distance * math.sin(math.radians(self.degrees))

    @property
    def horizontal(self) -> str:
        """Which side of the name stands there."""
        return "center" if self.degrees % 180 == 90 else "left" if self.right > 0 else "right"

    @property
    def vertical(self) -> str:
        """Which edge of the name stands there."""
        return "center" if self.degrees % 180 in {0, 30, 150} else "bottom" if self.up > 0 else "top"


PLACES = tuple(
    Place(distance, degrees)
    for distance in (9.0, NEAR, 24.0, 38.0, 54.0, 72.0, 95.0, 120.0)
    for degrees in (0, 180, 90, -90, 30, -30, 150, -150, 60, -60, 120, -120)
)


class Point(NamedTuple):
    """A contender on one question.

    Attributes:
        behind: Points of macro-F1 against the best of the question, 0 for the best itself, else below.
    """

    contender: str
    cpu_ms: float
    behind: float


def draw(points: Sequence[Point], path: Path) -> None:
    """Draw a small dot per question and a large one for the mean of each contender, each named beside it."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context({"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK}):
        figure, axes = plt.subplots(figsize=(WIDTH, HEIGHT), dpi=DPI)
        _frame(axes, points)
        means = mean_points(points)
        colours = _colours(means)
        for contender, mean in means.items():
            own = [point for point in points if point.contender == contender]
            small = {"color": colours[contender], "alpha": 0.55, "linewidths": 0, "zorder": 2}
            for below, mark, size in ((False, "o", 16), (True, "v", 30)):
                shown = [point for point in own if (point.behind < LOWEST) is below]
                heights = [max(point.behind, LOWEST) for point in shown]
                axes.scatter([point.cpu_ms for point in shown], heights, marker=mark, s=size, **small)
            large = {"s": 130, "color": colours[contender], "edgecolors": "white", "linewidths": 1.5, "zorder": 4}
            axes.scatter([mean.cpu_ms], [mean.behind], **large)
        figure.subplots_adjust(left=0.06, right=0.975, top=0.91, bottom=0.12)
        _name(axes, points, means)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def mean_points(points: Sequence[Point]) -> dict[str, Point]:
    """Return the mean of each contender over its questions; of costs, which span decades, the geometric one."""
    own: dict[str, list[Point]] = {}
    for point in points:
        own.setdefault(point.contender, []).append(point)
    return {
        contender: Point(contender, geometric_mean(one.cpu_ms for one in found), fmean(one.behind for one in found))
        for contender, found in own.items()
    }


def _frame(axes: Any, points: Sequence[Point]) -> None:
    """Set scales, grid and what the axes are."""
    costs, lowest = [point.cpu_ms for point in points], max(min(point.behind for point in points), LOWEST)
    axes.set_xscale("log")
    axes.set_ylim(1.06 * lowest - 0.5, max(0.5, -0.05 * lowest))
    axes.set_xticks(TICKS_MS, [f"{tick:g}" for tick in TICKS_MS])
    axes.set_xticks([], minor=True)
    axes.set_xlim(min(costs) / 1.35, max(costs) * 1.35)  # Ticks widen the axis to take them all in.
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}".replace("-", "−"))
    axes.grid(color=GRID, linewidth=0.8)
    axes.axhline(0, color="#A0A0A0", linewidth=1, zorder=1)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=GREY, pad=6)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("CPU-milliseconds per mail, one thread (log scale)", color=INK, labelpad=8)
    axes.set_title("Macro-F1 against the best of each set, in points", loc="left", x=-0.035, fontsize=9, pad=12)
    further = " · triangle: further below" if min(point.behind for point in points) < LOWEST else ""
    axes.set_title(f"small dot: one set{further} · large dot: mean", loc="right", color=GREY, fontsize=8.5, pad=12)


def _colours(names: Iterable[str]) -> dict[str, str]:
    warm, cool = cycle(WARM), cycle(COOL)
    return {name: next(warm if name.startswith(OURS) else cool) for name in names}


def _name(axes: Any, points: Sequence[Point], means: Mapping[str, Point]) -> None:
    """Write each contender's name where it hides least, with a line to its large dot where it stands apart."""
    frame = axes.get_window_extent()
    small = axes.transData.transform([(point.cpu_ms, max(point.behind, LOWEST)) for point in points])
    best = axes.transData.transform((1, 0))[1]
    large = {name: axes.transData.transform((mean.cpu_ms, mean.behind)) for name, mean in means.items()}
    shapes = {name: {place: _shapes(axes, mean, place) for place in PLACES} for name, mean in means.items()}
    chosen = dict.fromkeys(means, PLACES[0])

    def trouble(name: str, place: Place) -> float:
        box, *line = shapes[name][place]
        outside = box.x0 < frame.x0 or box.x1 > frame.x1 or box.y0 < frame.y0 or box.y1 > frame.y1
        others = [shape for other in means if other != name for shape in shapes[other][chosen[other]]]
        met = sum(shape.padded(9).overlaps(other) for shape in (box, *line) for other in others)
        # A name close to two dots could be either's.
        dots = sum(
            shape.padded(28).contains(*large[other]) for shape in (box, *line) for other in means if other != name
        )
        hidden = sum(box.padded(4).contains(*dot) for dot in small)
        struck = box.y0 < best < box.y1
        return 200 * outside + 60 * (met + dots) + 3 * hidden + 2 * struck + place.distance / 8

    for name in [*means] * 4:  # Names give way to each other until they rest.
        chosen[name] = min(PLACES, key=lambda place, name=name: trouble(name, place))
    for name, place in chosen.items():
        _write(axes, means[name], place)


def _shapes(axes: Any, mean: Point, place: Place) -> list[Any]:
    """Return the box of a name there, in pixels, and boxes along the line to its dot."""
    from matplotlib.transforms import Bbox

    name = _write(axes, mean, place, line=False)
    box = name.get_window_extent()
    name.remove()
    if place.distance <= NEAR:
        return [box]
    x, y = axes.transData.transform((mean.cpu_ms, mean.behind))
    right, up = place.right * DPI / 72, place.up * DPI / 72
    return [box, *(Bbox.from_bounds(x + step * right, y + step * up, 1, 1) for step in (0.3, 0.45, 0.6, 0.75, 0.9))]


def _write(axes: Any, mean: Point, place: Place, *, line: bool = True) -> Any:
    from matplotlib.patheffects import withStroke

    side = {"left": 0.0, "center": 0.5, "right": 1.0}[place.horizontal]
    edge = {"bottom": 0.0, "center": 0.5, "top": 1.0}[place.vertical]
    to_dot = {"arrowstyle": "-", "color": GREY, "linewidth": 0.7, "shrinkA": 0, "shrinkB": 6, "relpos": (side, edge)}
    return axes.annotate(
        _lines(mean.contender),
        (mean.cpu_ms, mean.behind),
        xytext=(place.right, place.up),
        textcoords="offset points",
        ha=place.horizontal,
        va=place.vertical,
        fontsize=8.5,
        fontweight="bold" if mean.contender.startswith(OURS) else "normal",
        linespacing=1.15,
        zorder=5,
        path_effects=[withStroke(linewidth=2.5, foreground="white")],
        arrowprops=to_dot if line and place.distance > NEAR else None,
    )


def _lines(contender: str) -> str:
    """Break a name after its first part, and at a plus where a part is long."""
    parts = contender.split(", ", 1)
    return "\n".join(part.replace(" + ", " +\n") if len(part) > LONG else part for part in parts)
