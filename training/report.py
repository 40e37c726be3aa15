"""What a model is worth on labelled mail, head by head, as plain data.

The command line prints it, a page draws it (`training/report_page.py`), and the record of a training keeps it as JSON.
No text of a mail is in it: a mistake names its mail by id and place.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from training.evaluate import Figures, figures_of
from training.heads import UNLABELLED, Labels, Matrices
from training.metrics import confusion
from training.reliability import THRESHOLDS, Applied, Bin, applied_from, reliability

WORST = 20


@dataclass(frozen=True, slots=True)
class Mistake:
    """A mail that was read wrongly.

    Attributes:
        place: Of the mail among those judged, from 0.
        confidence: How sure the model was of what it read.
    """

    id: str
    place: int
    said: str
    read: str
    confidence: float


@dataclass(frozen=True, slots=True)
class HeadReport:
    """What a model is worth on one head.

    Attributes:
        labels: In the order of rows and columns of `confusion`.
        mails: With a label of this head.
        figures: As `figures_of` names them.
        by_language: The same for the mails of each language, and how many `mails` they are.
        confusion: Mails by what was said (rows) and what was read (columns).
        applied: What follows from trusting readings of at least some confidence.
        worst: Mistakes, the surest first, at most `WORST`.
    """

    labels: list[str]
    mails: int
    figures: Figures
    by_language: dict[str, Figures]
    confusion: list[list[int]]
    reliability: list[Bin]
    applied: list[Applied]
    worst: list[Mistake]

    def confused(self, most: int = 3) -> list[tuple[str, str, int]]:
        """Return the commonest mistakes: what was said, what was read, and of how many mails."""
        pairs = [
            (said, read, mails)
            for said, row in zip(self.labels, self.confusion, strict=True)
            for read, mails in zip(self.labels, row, strict=True)
            if mails and said != read
        ]
        return sorted(pairs, key=lambda pair: -pair[2])[:most]


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """What a model that learned from so many labels was worth."""

    labels: int
    figures: Figures


@dataclass(frozen=True, slots=True)
class Report:
    """What a model is worth on some mails.

    Attributes:
        heads: Those that have labels, in order.
        curve: How its predecessors did, fewest labels first; empty where nobody trained them.
    """

    version: str
    mails: int
    heads: dict[str, HeadReport]
    curve: tuple[CurvePoint, ...] = ()

    @property
    def figures(self) -> Figures:
        """The figures of all heads, as `figures_of` names them."""
        return {name: figure for head in self.heads.values() for name, figure in head.figures.items()}

    def after(self, curve: Sequence[CurvePoint]) -> "Report":
        """Return it with the models that came before."""
        return replace(self, curve=tuple(sorted(curve, key=lambda point: point.labels)))

    def in_brief(self) -> dict[str, Any]:
        """Return what a manifest keeps of it and a model card tells: thresholds of topics, and common confusions."""
        topic = self.heads.get("topic")
        return {
            "applied": [] if topic is None else [asdict(one) for one in topic.applied],
            "confused": {head: [list(pair) for pair in one.confused()] for head, one in self.heads.items()},
        }

    def as_json(self) -> dict[str, Any]:
        """Return it as objects, lists, texts and numbers alone."""
        return asdict(self) | {"curve": [asdict(point) for point in self.curve]}


def report_of(
    version: str, ids: Sequence[str], languages: Sequence[str], labels: Labels, probabilities: Matrices
) -> Report:
    """Judge what a model read.

    Args:
        version: Of the model.
        ids: Of the mails.
        languages: Of the mails.
        labels: What people said of them.
        probabilities: Head to (mails, labels of the head).
    """
    heads = {head: _head_report(head, ids, languages, labels, probabilities[head]) for head in labels}
    return Report(version, len(ids), {head: report for head, report in heads.items() if report.mails})


def _head_report(
    head: str, ids: Sequence[str], languages: Sequence[str], labels: Labels, probabilities: np.ndarray
) -> HeadReport:
    names = [str(name) for name in labels.heads[head]]
    places = np.flatnonzero(labels[head] != UNLABELLED)
    truth, shares = labels[head][places], np.asarray(probabilities, np.float64)[places]
    spoken = np.array([str(languages[place]) for place in places.tolist()])
    of_language = {language: places[spoken == language] for language in sorted(set(spoken.tolist()))}
    return HeadReport(
        labels=names,
        mails=len(places),
        figures=_figures(head, labels, probabilities, places),
        by_language={
            language: {"mails": len(some), **_figures(head, labels, probabilities, some)}
            for language, some in of_language.items()
        },
        confusion=confusion(truth, shares.argmax(axis=1), len(names)).tolist() if len(places) else [],
        reliability=reliability(truth, shares) if len(places) else [],
        applied=applied_from(truth, shares, THRESHOLDS) if len(places) else [],
        worst=_worst(ids, names, places, truth, shares) if len(places) else [],
    )


def _figures(head: str, labels: Labels, probabilities: np.ndarray, places: np.ndarray) -> Figures:
    some = Labels({head: labels.heads[head]}, {head: labels[head][places]})
    return figures_of(some, {head: probabilities[places].argmax(axis=1)}, {head: probabilities[places]})


def _worst(
    ids: Sequence[str], names: Sequence[str], places: np.ndarray, truth: np.ndarray, shares: np.ndarray
) -> list[Mistake]:
    read, confidence = shares.argmax(axis=1), shares.max(axis=1)
    wrong = np.flatnonzero(read != truth)
    surest = wrong[np.argsort(-confidence[wrong], kind="stable")][:WORST].tolist()
    return [
        Mistake(
            str(ids[places[row]]),
            int(places[row]),
            names[truth[row]],
            names[read[row]],
            round(float(confidence[row]), 4),
        )
        for row in surest
    ]


def confused_in_words(report: Mapping[str, HeadReport], most: int = 3) -> dict[str, str]:
    """Return for each head its commonest mistakes as a phrase: `contract read as billing (24), …`."""
    return {
        head: ", ".join(f"{said} read as {read} ({mails})" for said, read, mails in one.confused(most))
        for head, one in report.items()
        if one.confused(1)
    }
