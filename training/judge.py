"""What a bundle is worth on labelled mail: `python -m training.judge --bundle DIR FILE… [--json] [--report FILE]`."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from training.corpus import Example, examples_in
from training.heads import Labels, labels_of
from training.report import Report, confused_in_words, report_of
from training.report_page import report_page
from training.text import mail_text
from triage.errors import CannotStart, InvalidSubmission, TriageError, sentence_of
from triage.ranking import Reading
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import TextModel, load_text_model

HEADS = ("topic", "sentiment", "urgency", "action_required")
_WORST = 3  # mistakes of each head that are printed; the page and --json have more


def judge(model: TextModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Return the figures of each head that has labels, and `accuracy` and `macro_f1` of the first such head.

    Raises:
        InvalidSubmission: No example has a label.
    """
    return _figures(reported(model, examples))


def reported(model: TextModel, examples: Sequence[Example]) -> Report:
    """Return what a model is worth on examples.

    A topic that the bundle does not know can only be read wrongly, and counts as such.

    Raises:
        InvalidSubmission: No example has a label.
    """
    heads = {head: tuple(map(str, model.manifest.labels[head])) for head in HEADS}
    unknown = sorted({str(example.topic) for example in examples if example.topic is not None} - set(heads["topic"]))
    labels = labels_of(examples, heads | {"topic": (*heads["topic"], *unknown)})
    readings = model.read([mail_text(example) for example in examples])
    languages = [str(example.language or read.language) for example, read in zip(examples, readings, strict=True)]
    ids = [example.id for example in examples]
    report = report_of(model.version, ids, languages, labels, beliefs_of(readings, labels))
    if not report.heads:
        raise InvalidSubmission(
            "none of the examples has a label; give them a topic, sentiment, urgency or action_required"
        )
    return report


def _figures(report: Report) -> dict[str, Any]:
    first, figures = next(iter(report.heads)), report.figures
    return {
        "mails": report.mails,
        "bundle": report.version,
        "accuracy": figures[f"{first}_accuracy"],
        "macro_f1": figures[f"{first}_macro_f1"],
        **figures,
    }


def beliefs_of(readings: Sequence[Reading], labels: Labels) -> dict[str, np.ndarray]:
    """Return what readings believe of each head of labels: (mails, labels of the head), 0 for what they know not of."""
    rows = [_beliefs(reading) for reading in readings]
    return {
        head: np.array([[row[head].get(name, 0.0) for name in names] for row in rows])
        for head, names in labels.heads.items()
    }


def _beliefs(reading: Reading) -> Mapping[str, Mapping[str, float]]:
    return {
        "topic": reading.topic,
        "sentiment": {str(name): share for name, share in reading.sentiment.items()},
        "urgency": {str(name): share for name, share in reading.urgency.items()},
        "action_required": {"no": 1.0 - reading.action_required, "yes": reading.action_required},
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="triage evaluate", description="Judge a bundle on labelled mail.")
    parser.add_argument(
        "--bundle", type=Path, default=DEFAULT_BUNDLE, help="bundle to judge; by default the shipped one"
    )
    parser.add_argument("files", type=Path, nargs="+", help="examples, JSON Lines")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--report", type=Path, help="file to write a page with pictures into; it quotes your mail")
    told = parser.parse_args(arguments)
    try:
        if told.report:
            require_pictures(told.report)
        examples = examples_in(told.files)
        report = reported(load_text_model(told.bundle), examples)
        if told.report:
            texts = [mail_text(example) for example in examples]
            told.report.write_text(report_page(report, texts), encoding="utf-8")
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    if told.json:
        heads = report.as_json()["heads"]
        print(json.dumps({**_figures(report), "heads": heads}))  # noqa: T201 - the figures are this command's result
        return 0
    for line in _lines(report):
        print(line)  # noqa: T201 - the same
    return 0


def _lines(report: Report) -> Iterator[str]:
    """Yield what a person reads: a name and a figure, apart by a tab."""
    yield from (f"{name}\t{figure}" for name, figure in _figures(report).items())
    for one in report.heads.values():
        for language, figures in one.by_language.items():
            yield from (f"{name} ({language})\t{figure}" for name, figure in figures.items() if name != "mails")
    yield from (f"{head} confused\t{pairs}" for head, pairs in confused_in_words(report.heads).items())
    for head, one in report.heads.items():
        for worst in one.worst[:_WORST]:
            yield f"{head} of {worst.id}\t{worst.said}, read as {worst.read} ({100 * worst.confidence:.0f} %)"


def require_pictures(place: Path) -> None:
    """Check that a page can be drawn and written, before the work begins.

    Raises:
        CannotStart: matplotlib is not installed, or there is no folder to write into.
    """
    if find_spec("matplotlib") is None:
        raise CannotStart("pictures are drawn by matplotlib, which is not here; install the extra `triage[report]`")
    if place.is_dir() or not place.resolve().parent.is_dir():
        raise CannotStart(f"the page cannot be written to {place}; name a file in a folder that is there")


if __name__ == "__main__":
    sys.exit(main())
