"""Writes the results of `python -m benchmarks.images` into docs/images.md.

    python -m benchmarks.images.tables [--results FILE.json] [--page FILE.md]

A table stands between marks, as `benchmarks/tables.py` has them; NAME is `recognise` or `cascade`. Without results a
block stays as it is. Of a set in several parts the table has mean ± standard deviation over its parts.
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import fmean, stdev
from typing import Any

from benchmarks.images.results import PATH
from benchmarks.tables import ROOT, Measure, Row, markdown, put_blocks


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the page; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.images.tables", description="Write the tables.")
    parser.add_argument("--results", type=Path, default=PATH)
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "images.md")
    told = parser.parse_args(arguments)
    rows = json.loads(told.results.read_text(encoding="utf-8"))["rows"]
    if not put_blocks(told.page, blocks(rows)):
        return 1
    return 0


def blocks(rows: Sequence[Row]) -> dict[str, str]:
    """Return the block of each question that has results."""
    found = {}
    for name, table in TABLES.items():
        asked = [row for row in rows if row["question"] == name]
        if asked:
            found[name] = table(asked)
    return found


def recognise(rows: Sequence[Row]) -> str:
    """Return what each contender is worth on each set."""
    table = [
        [
            "set",
            "contender",
            "side",
            "learned from",
            "n",
            "accuracy",
            "macro-F1",
            "calibration error",
            "as in use",
            "images/s",
            "training, s",
        ]
    ]
    for own in _grouped(rows):
        first = own[0]
        table.append(
            [
                f"`{first['set']}`",
                first["contender"],
                str(first["side"]),
                f"{_whole(own, 'learned_from'):,}",
                f"{sum(row['n'] for row in own):,}",
                *(_mean(own, figure) for figure in ("accuracy", "macro_f1", "ece", "deployed_accuracy")),
                f"{_whole(own, 'images_per_second'):,}",
                f"{_whole(own, 'fit_s'):,}",
            ]
        )
    return f"{_said(rows)}\n\n{markdown(table)}"


def cascade(rows: Sequence[Row]) -> str:
    """Return what a gate before a fine model costs and saves."""
    table = [
        [
            "set",
            "n",
            "gate alone",
            "fine alone",
            "cascade",
            "answered by the gate",
            "threshold",
            "images/s: gate, fine, cascade",
        ]
    ]
    for own in _grouped(rows):
        speeds = ("gate_images_per_second", "fine_images_per_second", "images_per_second")
        table.append(
            [
                f"`{own[0]['set']}`",
                f"{sum(row['n'] for row in own):,}",
                *(_mean(own, figure) for figure in ("gate_accuracy", "fine_accuracy", "accuracy", "answered_by_gate")),
                _mean(own, "threshold"),
                ", ".join(f"{_whole(own, speed):,}" for speed in speeds),
            ]
        )
    return f"{_said(rows)}\n\n{markdown(table)}"


def _said(rows: Sequence[Row]) -> str:
    seeds = ", ".join(map(str, sorted({row["seed"] for row in rows})))
    threads = ", ".join(map(str, sorted({row["threads"] for row in rows})))
    return (
        f"Seed {seeds}; {threads} threads. ± is the standard deviation over the parts of a set, each judged once; n is"
        " all images judged."
    )


def _grouped(rows: Sequence[Row]) -> list[list[Row]]:
    names = dict.fromkeys((row["set"], row["contender"]) for row in rows)
    return [[row for row in rows if (row["set"], row["contender"]) == name] for name in names]


def _mean(rows: Sequence[Mapping[str, Any]], figure: str) -> str:
    values = [row[figure] for row in rows]
    return str(Measure(fmean(values), stdev(values) if len(values) > 1 else None))


def _whole(rows: Sequence[Mapping[str, Any]], figure: str) -> int:
    return round(fmean(row[figure] for row in rows))


TABLES = {"recognise": recognise, "cascade": cascade}


if __name__ == "__main__":
    sys.exit(main())
