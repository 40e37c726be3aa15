"""Pictures of a report and of what the gate compares, as PNG; matplotlib is loaded when the first is drawn.

What a colour says, a shape, a filling or a weight says as well, for print and for those who tell no red from green.
"""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from training.report import CurvePoint, HeadReport
from triage.trainings.decision import Compared, Comparison, named

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

FEWEST_OF_A_BIN = 10  # mails, to be part of the line
LONGEST_NAME = 20  # characters of a label
MOST_LABELS = 20  # of a confusion table; with more nobody reads the names
_INK, _SOFT, _LINE, _BLUE, _RED = "#1d1b18", "#625d55", "#d9d4cb", "#1f5fa8", "#b3261e"
_STYLE: Any = {
    "font.size": 10.0,
    "text.color": _INK,
    "text.parse_math": False,  # a topic may have dollars in its name
    "axes.labelcolor": _SOFT,
    "axes.edgecolor": _LINE,
    "axes.titlesize": 11.0,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "xtick.color": _SOFT,
    "ytick.color": _SOFT,
    "legend.frameon": False,
}


def picture_of_head(head: HeadReport, things: str = "mails") -> bytes:
    """Draw how far the confidence of a head can be believed, and what it takes for what; it was asked about things."""
    size = min(len(head.labels), MOST_LABELS)
    with _figure(9.6, max(4.0, 1.6 + 0.32 * size)) as (figure, saved):
        grid = figure.add_gridspec(2, 2, height_ratios=(3, 1), width_ratios=(1, 1.35), wspace=0.08)
        upper = figure.add_subplot(grid[0, 0])
        _draw_reliability(upper, figure.add_subplot(grid[1, 0], sharex=upper), head, things)
        _draw_confusion(figure.add_subplot(grid[:, 1]), head, things)
    return saved.getvalue()


def picture_of_curve(curve: Sequence[CurvePoint]) -> bytes:
    """Draw the macro-F1 of each head over the labels that models learned from."""
    with _figure(9.6, 3.6) as (figure, saved):
        axes = figure.add_subplot()
        heads = dict.fromkeys(name for point in curve for name in point.figures if name.endswith("_macro_f1"))
        for name in heads:
            points = [(point.labels, point.figures[name]) for point in curve if name in point.figures]
            label = name.removesuffix("_macro_f1").replace("_", " ")
            axes.plot(*zip(*points, strict=True), marker="o", label=label, clip_on=False)
        axes.set(xlabel="labels learned from", ylabel="macro-F1", ylim=(0, 1))
        axes.grid(axis="y", color=_LINE, linewidth=0.6)
        axes.legend(loc="lower right")
    return saved.getvalue()


def picture_of_comparison(comparison: Comparison) -> bytes:
    """Draw how far a candidate is from the active model in each figure, and how far chance goes."""
    figures = comparison.figures
    with _figure(9.6, 1.4 + 0.3 * len(figures)) as (figure, saved):
        axes = figure.add_subplot()
        axes.axvline(0.0, color=_SOFT, linewidth=1, linestyle=(0, (4, 3)))
        for row, one in enumerate(figures):
            _draw_difference(axes, row, one)
        names = [f"{named(one)}  {one.active:.3f} → {one.candidate:.3f}" for one in figures]
        axes.set_yticks(range(len(figures)), names)
        axes.set(title="The candidate beside the active model", xlabel="difference: better to the right of 0")
        axes.margins(y=0.06)
        axes.invert_yaxis()
        axes.tick_params(axis="y", length=0)
        axes.spines["left"].set_visible(False)
        axes.grid(axis="x", color=_LINE, linewidth=0.6)
        axes.set_axisbelow(True)
    return saved.getvalue()


@contextmanager
def _figure(width: float, height: float) -> Iterator[tuple["Figure", io.BytesIO]]:
    """Lend a figure of some inches, and what it is saved into when it is drawn."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    saved = io.BytesIO()
    with mpl.rc_context(_STYLE):
        # Without pyplot no figure outlives its picture, and no display is looked for.
        figure = Figure(figsize=(width, height), layout="constrained")
        yield figure, saved
        figure.savefig(saved, format="png", dpi=130, bbox_inches="tight", metadata={"Software": None})


def _draw_reliability(upper: "Axes", lower: "Axes", head: HeadReport, things: str) -> None:
    tenths = [int(min(one.confidence, 0.9999) * 10) / 10 + 0.05 for one in head.reliability]
    upper.plot((0, 1), (0, 1), color=_SOFT, linewidth=1, linestyle=(0, (4, 3)), label="as sure as right")
    upper.bar(tenths, [one.accuracy for one in head.reliability], 0.088, color=_BLUE, alpha=0.25, linewidth=0)
    # A bin of a few mails says nothing, and would bend the line.
    counting = [one for one in head.reliability if one.mails >= FEWEST_OF_A_BIN] or head.reliability
    upper.plot(
        [one.confidence for one in counting],
        [one.accuracy for one in counting],
        color=_BLUE,
        marker="o",
        markersize=4.5,
        clip_on=False,
        label="this model",
    )
    ece = next((figure for name, figure in head.figures.items() if name.endswith("_ece")), 0.0)
    upper.set(title=f"Confidence (ECE {ece:.3f})", ylabel="share read rightly", xlim=(0, 1), ylim=(0, 1))
    upper.tick_params(labelbottom=False)
    upper.legend(loc="upper left", fontsize=9)
    lower.bar(tenths, [one.mails for one in head.reliability], 0.088, color=_SOFT, alpha=0.5, linewidth=0)
    lower.set(xlabel="confidence", ylabel=things)


def _draw_difference(axes: "Axes", row: int, one: Compared) -> None:
    # Of a calibration error less is better.
    sign = -1 if one.is_calibration else 1
    low, high = sorted(sign * bound for bound in one.within)
    color, marker = (_BLUE, "o") if low > 0 else (_RED, "s") if high < 0 else (_SOFT, "o")
    axes.plot(sorted(sign * bound for bound in one.surely), (row, row), color=color, linewidth=1)
    axes.plot((low, high), (row, row), color=color, linewidth=3, solid_capstyle="butt")
    filling = "white" if low <= 0 <= high else color
    axes.plot(sign * (one.candidate - one.active), row, marker, color=color, markerfacecolor=filling, markersize=7)


def _draw_confusion(axes: "Axes", head: HeadReport, things: str) -> None:
    counts = np.array(head.confusion)
    shown = _most_confused(counts)
    counts, names = counts[np.ix_(shown, shown)], [_short(head.labels[place]) for place in shown]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.2, aspect="auto")
    for row, column in np.argwhere(counts > 0).tolist():
        striking = row != column and shares[row, column] >= 0.1
        color = "white" if shares[row, column] > 0.65 else _RED if striking else _INK
        weight = "bold" if striking else "normal"
        told = f"{counts[row, column]}"
        axes.text(column, row, told, ha="center", va="center", color=color, fontsize=8.5, fontweight=weight)
    axes.set_xticks(range(len(names)), names, rotation=60 if len(names) > 9 else 40, ha="right", rotation_mode="anchor")
    axes.set_yticks(range(len(names)), names)
    axes.set(title=f"{things.capitalize()}, by label and reading", xlabel="read as", ylabel="labelled")
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)


def _short(name: str) -> str:
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1]}…"


def _most_confused(counts: np.ndarray) -> list[int]:
    """Return the labels to show: those that occur, and of many those that take part in most mistakes."""
    wrong = counts - np.diag(np.diag(counts))
    occurs = np.flatnonzero(counts.sum(axis=0) + counts.sum(axis=1))
    mistakes = wrong.sum(axis=0) + wrong.sum(axis=1)
    return sorted(sorted(occurs.tolist(), key=lambda place: (-int(mistakes[place]), place))[:MOST_LABELS])
