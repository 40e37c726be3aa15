"""`python -m training images-judge --bundle DIR FOLDER`, which `triage images evaluate` becomes."""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from training.images.evaluate import evaluated
from training.images.page import image_page
from training.images.report import ImageReport
from training.images.sources import images_in
from training.judge import require_pictures
from triage.errors import TriageError, sentence_of
from triage.serving.image_cascade import load_recognizer
from triage.serving.image_manifest import DEFAULT_IMAGE_BUNDLE

_WORST = 5  # mistakes that are printed; the page and --json have more


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="triage images evaluate", description="Judge an image bundle.")
    parser.add_argument("source", help="folder with a folder for each class, an array file, or a classic's name")
    parser.add_argument("--bundle", type=Path, default=DEFAULT_IMAGE_BUNDLE, help="by default the shipped one")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--report", type=Path, help="file to write a page with pictures into; it shows your images")
    told = parser.parse_args(arguments)
    try:
        if told.report:
            require_pictures(told.report)
        model = load_recognizer(told.bundle)
        images = images_in(told.source, model.manifest.side, model.manifest.fit, part="test")
        report = evaluated(model, images)
        if told.report:
            told.report.write_text(image_page(report, images.pixels), encoding="utf-8")
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    for line in [json.dumps(report.as_json())] if told.json else _lines(report):
        print(line)  # noqa: T201 - the figures are this command's result
    return 0


def _lines(report: ImageReport) -> Iterator[str]:
    """Yield what a person reads: a name and a figure, apart by a tab."""
    yield f"bundle\t{report.version}"
    yield f"images\t{report.images}"
    yield from (f"{name}\t{figure}" for name, figure in report.figures.items())
    yield f"images_per_second\t{report.images_per_second}"
    for name, own in report.per_class.items():
        yield f"{name}\tprecision {own['precision']}, recall {own['recall']}, F1 {own['f1']} ({own['images']} images)"
    for said, answered, images in report.confused():
        yield f"confused\t{said} taken for {answered} ({images})"
    for one in report.worst[:_WORST]:
        yield f"{one.name}\t{one.said}, taken for {one.answered} ({100 * one.confidence:.0f} %)"
    for refused in report.refused:
        yield f"{refused.name}\tnot judged: {refused.reason}"


if __name__ == "__main__":
    sys.exit(main())
