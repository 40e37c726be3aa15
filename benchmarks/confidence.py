"""From which confidence on a topic may be applied.

    python -m benchmarks.confidence [--read FILE.npz] [--real FILE.npz]

Readings of the written corpus by models that never saw the domain of the mail (`make train` leaves them), and of three
hundred real mails by the fast stage of models that learned from other real mail (`python -m benchmarks.corpus --only
cross-validated` leaves them); without these the written mail is told alone. Results go to
`benchmarks/results/confidence.json` and the table in docs/confidence.md is printed from them.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.inbox import READ
from training.corpus import Example, triage_corpus
from training.corpus.real import judged_real_mail
from training.heads import MAIL_HEADS, labels_of
from training.reliability import THRESHOLDS
from training.report import report_of

REAL_READ = Path("build/read/real.npz")
RESULTS = Path(__file__).parent / "results" / "confidence.json"
HEADS = {head: names for head, names in MAIL_HEADS.items() if head != "language"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Write what each threshold leads to, on each kind of mail, and print it for topics."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.confidence", description="Judge confidence.")
    parser.add_argument("--read", type=Path, default=READ, help="readings that a cross-validation left")
    parser.add_argument("--real", type=Path, default=REAL_READ, help="readings of the three hundred real mails")
    parser.add_argument("--output", type=Path, default=RESULTS)
    told = parser.parse_args(arguments)
    if not told.read.exists():
        parser.error(f"there are no readings at {told.read}; `make train` leaves them, or name the file by --read")
    sets = {"written": figures(triage_corpus(), told.read)}
    if told.real.exists():
        sets["real"] = figures(judged_real_mail(), told.real)
    told.output.parent.mkdir(parents=True, exist_ok=True)
    told.output.write_text(json.dumps(sets, indent=1) + "\n", encoding="utf-8")
    for line in table(sets):
        print(line)
    return 0


def figures(examples: Sequence[Example], path: Path) -> dict[str, Any]:
    """Return for each head its calibration error, and precision and coverage of every threshold."""
    with np.load(path) as file:
        judged = [examples[place] for place in file["mail"].tolist()]
        read = {head: file[head] for head in HEADS}
    languages = [str(example.language) for example in judged]
    report = report_of("", [example.id for example in judged], languages, labels_of(judged, HEADS), read)
    return {
        head: {
            "mails": one.mails,
            "ece": one.figures[f"{head}_ece"],
            "by_language": {language: some[f"{head}_ece"] for language, some in one.by_language.items()},
            "applied": [asdict(applied) for applied in one.applied],
            "reliability": [asdict(some) for some in one.reliability],
        }
        for head, one in report.heads.items()
    }


def table(sets: dict[str, Any], head: str = "topic") -> list[str]:
    """Return the thresholds of a head as Markdown."""
    columns = [of_heads[head] for of_heads in sets.values()]
    lines = [
        "| from confidence | " + " | ".join(f"right, {name} | of all, {name}" for name in sets) + " |",
        "| --- |" + " --- | --- |" * len(sets),
    ]
    for place, threshold in enumerate(THRESHOLDS):
        cells = []
        for column in columns:
            one = column["applied"][place]
            cells += ["–" if one["precision"] is None else f"{100 * one['precision']:.1f} %"]
            cells += [f"{100 * one['coverage']:.0f} %"]
        lines.append(f"| {threshold:.2f} | " + " | ".join(cells) + " |")
    return lines


if __name__ == "__main__":
    sys.exit(main())
