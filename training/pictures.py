"""Pictures of a report, as PNG; matplotlib is loaded when the first is drawn."""

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from training.report import CurvePoint, HeadReport

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


def _draw_confusion(axes: "Axes", head: HeadReport, things: str) -> None:
    counts = np.array(head.confusion)
    shown = _most_confused(counts)
    counts, names = counts[np.ix_(shown, shown)], [_short(head.labels[place]) for place in shown]
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    axes.imshow(shares, cmap="Blues", vmin=0.0, vmax=1.2, aspect="auto")
    for row, column in np.argwhere(counts > 0).tolist():
        wrong = row != column
        color = "white" if shares[row, column] > 0.65 else _RED if wrong and shares[row, column] >= 0.1 else _INK
        axes.text(column, row, f"{counts[row, column]}", ha="center", va="center", color=color, fontsize=8.5)
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
