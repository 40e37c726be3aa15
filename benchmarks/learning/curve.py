"""Draws the customer's story: macro-F1 by the number of labels."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

import numpy as np

from benchmarks.scatter import COOL, DPI, GREY, GRID, INK, OURS, WARM

WIDTH, HEIGHT = 7.0, 4.2  # inches


def draw(rows: Sequence[Mapping[str, Any]], path: Path) -> None:
    """Draw a line for each contender with a band of one standard deviation over seeds, and name it at its end."""
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    with plt.rc_context({"font.family": "DejaVu Sans", "font.size": 9, "text.color": INK}):
        figure, axes = plt.subplots(figsize=(WIDTH, HEIGHT), dpi=DPI)
        points = sorted({row["labels"] for row in rows})
        _frame(axes, points)
        warm, cool = iter(WARM), iter(COOL)
        ends = []
        for contender, by_labels in sorted(_by_contender(rows).items()):
            is_ours = contender.startswith(OURS)
            colour = next(warm if is_ours else cool)
            labels = sorted(by_labels)
            means = [fmean(by_labels[label]) for label in labels]
            spreads = [stdev(by_labels[label]) if len(by_labels[label]) > 1 else 0.0 for label in labels]
            low, high = (np.array(means) + sign * np.array(spreads) for sign in (-1, 1))
            axes.fill_between(labels, low, high, color=colour, alpha=0.15, linewidth=0)
            axes.plot(labels, means, color=colour, linewidth=2, marker="o", markersize=5)
            ends.append((means[-1], contender, colour, is_ours))
        _name(axes, points[-1], ends)
        figure.subplots_adjust(left=0.06, right=0.72, top=0.9, bottom=0.13)
        path.parent.mkdir(parents=True, exist_ok=True)
        figure.savefig(path, metadata={"Software": None})
        plt.close(figure)


def _by_contender(rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[int, list[float]]]:
    found: dict[str, dict[int, list[float]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        found[row["contender"]][row["labels"]].append(row["macro_f1"])
    return found


def _frame(axes: Any, points: Sequence[int]) -> None:
    axes.set_xscale("log")
    axes.set_xticks(points, [f"{point:,}" for point in points])
    axes.set_xticks([], minor=True)
    axes.set_ylim(0, 1)
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.tick_params(length=0, labelcolor=GREY, pad=6)
    axes.spines[:].set_visible(False)
    axes.set_xlabel("labels given (log scale)", color=INK, labelpad=8)
    axes.set_title("Macro-F1 on unseen mail", loc="left", fontsize=9, pad=10)


def _name(axes: Any, last: int, ends: Sequence[tuple[float, str, str, bool]]) -> None:
    """Write each name beside the end of its line, far enough from the one below."""
    lowest = 0.0
    for mean, contender, colour, is_ours in sorted(ends):
        height = max(mean, lowest)
        lowest = height + 0.055
        weight = "bold" if is_ours else "normal"
        axes.annotate(contender, (last, height), xytext=(9, 0), textcoords="offset points", va="center", color=colour)
        axes.texts[-1].set_fontweight(weight)
