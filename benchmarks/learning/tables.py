"""Writes the results of `python -m benchmarks.learning` into docs/learning.md, and draws the customer's curve.

    python -m benchmarks.learning.tables [--results FILE.json] [--page FILE.md] [--picture FILE.png]

A table stands between marks, as `benchmarks/tables.py` has them; NAME is `new-topic`, `story`, `confidence`, `gate`,
`retrain`, `seconds` or `beside`. Questions without results leave their block as it is. ± is the standard deviation over
draws (of a sample, n - 1).
"""

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from statistics import fmean, median, stdev
from typing import Any

from benchmarks.learning.curve import draw
from benchmarks.learning.results import PATH
from benchmarks.tables import ROOT, Measure, Row, markdown, put_blocks

SETFIT, OURS = "SetFit", "Triage"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write page and picture; return the exit code."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.learning.tables", description="Write the tables.")
    parser.add_argument("--results", type=Path, default=PATH)
    parser.add_argument("--page", type=Path, default=ROOT / "docs" / "learning.md")
    parser.add_argument("--picture", type=Path, default=ROOT / "docs" / "figures" / "learning-curve.png")
    told = parser.parse_args(arguments)
    rows = json.loads(told.results.read_text(encoding="utf-8"))["rows"]
    if not put_blocks(told.page, blocks(rows)):
        return 1
    if story_rows := _of(rows, question="story"):
        draw(story_rows, told.picture)
    return 0


def blocks(rows: Sequence[Row]) -> dict[str, str]:
    """Return the block of each question that has results."""
    found = {}
    for name, table in TABLES.items():
        asked = _of(rows, question=name)
        if asked:
            found[name] = table(asked)
    told = [row for row in rows if "ece" in row and row["contender"].startswith(OURS)]
    return found | ({"confidence": confidence(told)} if told else {})


def new_topic(rows: Sequence[Row]) -> str:
    """Return a table for each number of known labels, and what SetFit costs beside ours."""
    parts = []
    for known in sorted({row["known_labels"] for row in rows}):
        table = [["set", "contender", "draws", "F1 of the new topic", "the same draws as SetFit", *_NEW_TOPIC.values()]]
        of_known = _of(rows, known_labels=known)
        for name in _values(of_known, "set"):
            of_set = _of(of_known, set=name)
            common = {row["seed"] for row in of_set if row["contender"].startswith(SETFIT)}
            for contender in _values(of_set, "contender"):
                own = _of(of_set, contender=contender)
                shared = [row["f1"] for row in own if row["seed"] in common]
                cells = [_mean(row.get(figure) for row in own) for figure in _NEW_TOPIC]
                table.append(
                    [f"`{name}`", contender, str(len(own)), _mean(row["f1"] for row in own), _mean(shared), *cells]
                )
        if all(cells[4] == _NOTHING for cells in table[1:]):
            table = [[*cells[:4], *cells[5:]] for cells in table]
        parts.append(f"Known topics with {known} labels each, the new one with 8:\n\n{markdown(table)}")
    return "\n\n".join(parts)


def story(rows: Sequence[Row]) -> str:
    """Return macro-F1 by the number of labels."""
    points = sorted({row["labels"] for row in rows})
    table = [["contender", *(f"{labels:,} labels" for labels in points)]]
    for contender in _values(rows, "contender"):
        own = _of(rows, contender=contender)
        table.append([contender, *(_mean(row["macro_f1"] for row in _of(own, labels=labels)) for labels in points)])
    said = f"Macro-F1 over all topics on {_one(rows, 'n')} unseen mails, mean ± standard deviation over {_seeds(rows)}."
    return f"{said}\n\n{markdown(table)}"


def confidence(rows: Sequence[Row]) -> str:
    """Return how far our confidence can be trusted, by the mail it was judged on."""
    table = [["mail", "contender", "draws", "calibration error", "topics applied", "of these right"]]
    for where in dict.fromkeys(map(_where, rows)):
        of_mail = [row for row in rows if _where(row) == where]
        for contender in _values(of_mail, "contender"):
            own = _of(of_mail, contender=contender)
            cells = [_mean(row[figure] for row in own) for figure in ("ece", "applied", "applied_precision")]
            table.append([where, contender, str(len(own)), *cells])
    return markdown(table)


def gate(rows: Sequence[Row]) -> str:
    """Return how many candidates were refused, and for what."""
    table = [["candidates", "of", "refused", "activated", "for example"]]
    for variant, in_words in {"shuffled": "30 % of the labels shuffled", "control": "more labels, all right"}.items():
        own = _of(rows, variant=variant)
        if own:
            refused = sum(not row["activated"] for row in own)
            table.append([in_words, str(len(own)), str(refused), str(len(own) - refused), own[0]["reason"]])
    return markdown(table)


def retrain(rows: Sequence[Row]) -> str:
    """Return what a full training costs."""
    table = [["labelled mails", "topics", "threads", "trainings", "seconds", "CPU-seconds", "peak memory, MiB"]]
    for labels, variant in dict.fromkeys((row["labels"], row["variant"]) for row in rows):
        own = _of(rows, labels=labels, variant=variant)
        cost = [_mean((row[figure] for row in own), str_of=_number) for figure in ("wall_s", "cpu_s", "peak_mib")]
        table.append([f"{_one(own, 'n'):,}", str(_one(own, "topics")), variant.split()[0], str(len(own)), *cost])
    return markdown(table)


def seconds(rows: Sequence[Row]) -> str:
    """Return how long a label takes to change what is said of similar mail."""
    table = [["similar mail", "runs", "median", "shortest–longest", "not within a minute"]]
    for variant, in_words in {"waiting": "waiting in the inbox", "arriving": "arriving next"}.items():
        own = _of(rows, variant=variant)
        took = sorted(row["seconds"] for row in own if row["seconds"] is not None)
        if own:
            figures = [f"{median(took):.1f} s", f"{took[0]:.1f}–{took[-1]:.1f} s"] if took else [_NOTHING] * 2
            table.append([in_words, str(len(own)), *figures, str(len(own) - len(took))])
    return markdown(table)


def beside(rows: Sequence[Row]) -> str:
    """Return how much longer mail waits for its verdict while a training runs."""
    figures = ("alone_p95_ms", "beside_p95_ms", "others")
    alone, beside_it, others = (fmean(row[figure] for row in rows) for figure in figures)
    ratios = sorted(row["ratio"] for row in rows)
    ratio = f"{median(ratios):.2f} (median), {ratios[0]:.2f} to {ratios[-1]:.2f}"
    header = ["rounds", "mails a second", "p95 alone", "p95 beside a training", "ratio", "cores that others kept busy"]
    row = [str(len(rows)), str(_one(rows, "rate")), f"{alone:.0f} ms", f"{beside_it:.0f} ms", ratio, f"{others:.1f}"]
    return markdown([header, row])


_NOTHING = "–"
# Figures of a new topic and their names in the table.
_NEW_TOPIC = {
    "others_before": "macro-F1 of the others before",
    "others_after": "and after",
    "macro_f1": "macro-F1 of all",
    "fit_cpu_s": "CPU-seconds to learn",
    "predict_cpu_ms": "CPU-ms per mail",
}
TABLES: Mapping[str, Callable[[Sequence[Row]], str]] = {
    "new-topic": new_topic,
    "story": story,
    "gate": gate,
    "retrain": retrain,
    "seconds": seconds,
    "beside": beside,
}


def _where(row: Row) -> str:
    labels = f"{row['labels']:,} labels" if "labels" in row else f"{row['known_labels']} labels a topic, 8 of a new one"
    return f"`{row['set']}`, {labels}"


def _of(rows: Iterable[Row], **wanted: Any) -> list[Row]:
    return [row for row in rows if all(row.get(name) == value for name, value in wanted.items())]


def _values(rows: Iterable[Row], name: str) -> list[Any]:
    """Return the values of a field; contenders come ours first."""
    return sorted({row[name] for row in rows}, key=lambda value: (not str(value).startswith(OURS), str(value)))


def _one(rows: Sequence[Row], name: str) -> int:
    return round(fmean(row[name] for row in rows))


def _mean(values: Iterable[float | None], *, str_of: Callable[[Measure], str] = str) -> str:
    known = [value for value in values if value is not None]
    if not known:
        return _NOTHING
    return str_of(Measure(fmean(known), stdev(known) if len(known) > 1 else None))


def _number(measure: Measure) -> str:
    return f"{measure.mean:,.0f}" + ("" if measure.spread is None else f" ± {measure.spread:,.0f}")


def _seeds(rows: Iterable[Row]) -> str:
    seeds = sorted({row["seed"] for row in rows})
    return f"{len(seeds)} orders of the mail" if len(seeds) > 1 else "one order of the mail"


if __name__ == "__main__":
    sys.exit(main())
