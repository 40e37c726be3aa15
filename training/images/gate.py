"""`python -m training images-gate --candidate DIR --active DIR FOLDER`, which `triage images install` asks.

What is decided by these figures is decided in `triage/images/decision.py`, which needs no NumPy. Every difference has
an interval: images are drawn again and again, the same for both (paired bootstrap). How often each triple of class,
answer and answer is drawn is multinomial, so no draw walks over the images.

Source:
    Efron and Tibshirani 1993, "An Introduction to the Bootstrap", chapters 8 and 13 (percentile interval).
"""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.images.examples import ImageSet, renumbered
from training.images.lineage import unseen
from training.images.sources import images_in
from training.metrics import expected_calibration_error
from triage.comparison import CERTAINTY
from triage.errors import InvalidSubmission, TriageError, sentence_of
from triage.images.decision import ACCURACY, CALIBRATION, MACRO_F1, Figure, Judged
from triage.serving.image import ImageModel
from triage.serving.image_cascade import ImageCascade, load_recognizer
from triage.serving.recognizer_manifest import parts_of

DRAWS = 2000
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answers:
    """What one says of labelled images: `shares` (images, classes), with columns for classes that it does not know."""

    truth: npt.NDArray[np.int64]
    shares: Floats
    classes: tuple[str, ...]

    @property
    def answered(self) -> npt.NDArray[np.int64]:
        """Return the column of each image's likeliest class."""
        return np.asarray(self.shares.argmax(axis=1), np.int64)


def judge(candidate: Path, active: Path | None, source: str, *, seed: int = 0) -> Judged:
    """Return what a candidate is worth, beside the active version where both answer the same classes.

    Raises:
        InvalidBundle: One of the two cannot be used.
        InvalidSubmission: The source is not there, or changed meanwhile.
    """
    ours, theirs = load_recognizer(candidate), None if active is None else load_recognizer(active)
    if theirs is not None and set(theirs.manifest.classes) != set(ours.manifest.classes):
        theirs = None
    parts = [*parts_of(candidate), *([] if theirs is None or active is None else parts_of(active))]
    images = _read_by(ours, source)
    new = _new(images, [part.figures for part in parts])
    learned = len(set(images.digests)) - len(new)
    if not new:
        return Judged(ours.version, None, 0, learned, 0.0)
    of_ours = answers_of(ours, images.of(new))
    accuracy = round(float(np.mean(of_ours.answered == of_ours.truth)), 4)
    told = Judged(ours.version, None, len(new), learned, accuracy)
    if theirs is None:
        return told
    same = _read_by(theirs, source)
    if same.digests != images.digests:
        raise InvalidSubmission(f"{source} changed while it was read; ask again once nobody writes there")
    of_theirs = _in_columns(answers_of(theirs, same.of(new)), of_ours.classes)
    figures, classes = compared(of_ours, of_theirs, seed=seed)
    return Judged(ours.version, theirs.version, told.images, told.learned, accuracy, figures, classes)


def answers_of(model: ImageModel | ImageCascade, images: ImageSet) -> Answers:
    """Ask a model about images; a class that it does not know gets no share, and counts as wrong."""
    images = renumbered(images, model.manifest.classes)
    known = model.recognize(images.pixels)
    shares = np.zeros((len(images), len(images.classes)))
    shares[:, : known.shape[1]] = known
    return Answers(images.truth, shares, images.classes)


def compared(candidate: Answers, active: Answers, *, seed: int) -> tuple[tuple[Figure, ...], tuple[Figure, ...]]:
    """Return the figures of both on the same images, and those of each class that one of the images has."""
    draw, truth = np.random.default_rng(seed), candidate.truth
    triples, counts = np.unique(
        np.stack([truth, active.answered, candidate.answered]), axis=1, return_counts=True
    )  # (3, cells)
    drawn = draw.multinomial(len(truth), counts / len(truth), size=DRAWS)
    weights = np.concatenate([counts[None], drawn]).astype(np.float64)  # the first counts every image once
    said, *told = triples
    right = [weights @ (one == said) / len(truth) for one in told]
    f1 = [_f1(weights, said, one, len(candidate.classes)) for one in told]
    figures = (
        _figure(ACCURACY, len(truth), *right),
        _figure(MACRO_F1, len(truth), *map(_mean, f1)),
        _calibration(candidate, active, draw),
    )
    of_classes = tuple(
        _figure(candidate.classes[column], int((truth == column).sum()), *(one[:, column] for one in f1))
        for column in np.unique(truth).tolist()
    )
    return figures, of_classes


def _read_by(model: ImageModel | ImageCascade, source: str) -> ImageSet:
    return images_in(source, model.manifest.side, model.manifest.fit, part="test")


def _new(images: ImageSet, figures: Sequence[Mapping[str, Any]]) -> list[int]:
    """Return the places of images that nobody learned from, one of those that are the same."""
    first = {digest: place for place, digest in reversed(list(enumerate(images.digests)))}
    return [place for place in unseen(images.digests, *figures) if first[images.digests[place]] == place]


def _in_columns(answers: Answers, classes: tuple[str, ...]) -> Answers:
    """Return answers with their columns in another order of the same classes."""
    order = [answers.classes.index(name) for name in classes]
    column = np.empty(len(order), np.int64)
    column[order] = np.arange(len(order))
    return Answers(column[answers.truth], answers.shares[:, order], classes)


def _f1(weights: Floats, said: npt.NDArray[np.int64], told: npt.NDArray[np.int64], classes: int) -> Floats:
    """Return F1 by (draw, class), NaN where a draw has no image of the class."""
    of_truth, of_told = (np.eye(classes)[columns] for columns in (said, told))
    truth = weights @ of_truth
    with np.errstate(invalid="ignore"):
        f1 = 2 * (weights @ (of_truth * of_told)) / (truth + weights @ of_told)
    return np.where(truth > 0, f1, np.nan)


def _mean(f1: Floats) -> Floats:
    """Return the mean per draw over the classes that its images have."""
    there = np.isfinite(f1)
    return np.asarray(np.where(there, f1, 0.0).sum(axis=1) / there.sum(axis=1))


def _calibration(candidate: Answers, active: Answers, draw: np.random.Generator) -> Figure:
    """Compare the calibration errors, from a tenth of the draws: each takes a walk over all images."""
    images = len(candidate.truth)
    draws = [np.arange(images), *draw.integers(0, images, (DRAWS // 10, images))]
    of_active, of_candidate = (
        np.array([expected_calibration_error(one.truth[some], one.shares[some]) for some in draws])
        for one in (active, candidate)
    )
    return _figure(CALIBRATION, images, of_active, of_candidate)


def _figure(name: str, images: int, active: Floats, candidate: Floats) -> Figure:
    difference = (candidate - active)[1:]
    # A draw may hold no image of a class, and says nothing then.
    told = difference[np.isfinite(difference)] if np.isfinite(difference).any() else np.zeros(1)
    (low, high), surely = (
        tuple(np.quantile(told, [(1 - share) / 2, (1 + share) / 2]).round(4).tolist()) for share in CERTAINTY
    )
    return Figure(name, images, round(float(active[0]), 4), round(float(candidate[0]), 4), (low, high), surely)


def main(arguments: Sequence[str] | None = None) -> int:
    """Judge from the command line; print one JSON object and return the exit code."""
    parser = argparse.ArgumentParser(prog="triage images install", description="Judge a candidate.")
    parser.add_argument("source", help="folder with a folder for each class, an array file, or a classic's name")
    parser.add_argument("--candidate", type=Path, required=True, help="bundle or cascade to judge")
    parser.add_argument("--active", type=Path, help="bundle or cascade that it would take the place of")
    told = parser.parse_args(arguments)
    try:
        judged = judge(told.candidate, told.active, told.source)
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    print(json.dumps(judged.as_json()))  # noqa: T201 - the figures are this command's result
    return 0


if __name__ == "__main__":
    sys.exit(main())
