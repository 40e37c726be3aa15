"""What a bundle is worth on labelled mail: `python -m training.judge --bundle DIR FILE… [--json]`."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from training.corpus import Example, examples_in
from training.evaluate import columns_of, figures_of
from training.heads import UNLABELLED, Labels, labels_of
from training.text import mail_text
from triage.errors import InvalidSubmission, TriageError, sentence_of
from triage.ranking import Reading
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import TextModel, load_text_model

HEADS = ("topic", "sentiment", "urgency", "action_required")


def judge(model: TextModel, examples: Sequence[Example]) -> dict[str, Any]:
    """Return the figures of each head that has labels, and `accuracy` and `macro_f1` of the first such head.

    A topic that the bundle does not know can only be read wrongly, and counts as such.

    Raises:
        InvalidSubmission: No example has a label.
    """
    heads = {head: tuple(map(str, model.manifest.labels[head])) for head in HEADS}
    unknown = sorted({str(example.topic) for example in examples if example.topic is not None} - set(heads["topic"]))
    labels = labels_of(examples, heads | {"topic": (*heads["topic"], *unknown)})
    probabilities = beliefs_of(model.read([mail_text(example) for example in examples]), labels)
    figures = figures_of(labels, columns_of(probabilities), probabilities)
    labelled = [head for head in labels if (labels[head] != UNLABELLED).any()]
    if not labelled:
        raise InvalidSubmission(
            "none of the examples has a label; give them a topic, sentiment, urgency or action_required"
        )
    first = labelled[0]
    return {
        "mails": len(examples),
        "bundle": model.version,
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
    told = parser.parse_args(arguments)
    try:
        examples = examples_in(told.files)
        figures = judge(load_text_model(told.bundle), examples)
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    if told.json:
        print(json.dumps(figures))  # noqa: T201 - the figures are this command's result
        return 0
    for name, figure in figures.items():
        print(f"{name}\t{figure}")  # noqa: T201 - the same
    return 0


if __name__ == "__main__":
    sys.exit(main())
