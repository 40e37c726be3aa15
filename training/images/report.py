"""What an image model is worth on some images, as plain data; the command line prints it and a page draws it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from training.images.examples import ImageSet, Refused
from training.metrics import confusion, expected_calibration_error, macro_f1
from training.reliability import Bin, reliability

WORST = 24
_DIGITS = 4


@dataclass(frozen=True, slots=True)
class Mistake:
    """An image that was recognised wrongly.

    Attributes:
        place: Of the image among those judged, from 0.
        confidence: How sure the model was of its answer.
    """

    name: str
    place: int
    said: str
    answered: str
    confidence: float


@dataclass(frozen=True, slots=True)
class ImageReport:
    """What a model is worth on some images.

    Attributes:
        classes: In the order of rows and columns of `confusion`.
        figures: `accuracy`, `macro_f1`, `ece` (0 to 1).
        per_class: Of each class `precision`, `recall`, `f1` and its number of `images`.
        confusion: Images by their class (rows) and what was answered (columns).
        worst: Mistakes, the surest first, at most `WORST`.
        refused: Files that could not be judged.
        images_per_second: Recognised in batches on one thread, decoding not counted; `None` where nobody measured.
    """

    version: str
    images: int
    classes: tuple[str, ...]
    figures: dict[str, float]
    per_class: dict[str, dict[str, float]]
    confusion: list[list[int]]
    reliability: list[Bin]
    worst: list[Mistake]
    refused: tuple[Refused, ...] = ()
    images_per_second: float | None = None

    def as_json(self) -> dict[str, Any]:
        """Return one object with the figures on top."""
        fields = asdict(self)
        return {"bundle": fields.pop("version"), "images": self.images, **fields.pop("figures"), **fields}

    def confused(self, most: int = 3) -> list[tuple[str, str, int]]:
        """Return the commonest mistakes: the class, the answer, and of how many images."""
        pairs = [
            (said, answered, images)
            for said, row in zip(self.classes, self.confusion, strict=True)
            for answered, images in zip(self.classes, row, strict=True)
            if images and said != answered
        ]
        return sorted(pairs, key=lambda pair: -pair[2])[:most]


def image_report(
    version: str, images: ImageSet, probabilities: np.ndarray, images_per_second: float | None = None
) -> ImageReport:
    """Judge what a model said of images; its probabilities are (images, classes) in the order of theirs."""
    classes, truth = images.classes, images.truth
    shares = np.asarray(probabilities, np.float64)
    answered = shares.argmax(axis=1)
    counts = confusion(truth, answered, len(classes))
    figures = {
        "accuracy": float(np.mean(answered == truth)),
        "macro_f1": macro_f1(truth, answered, len(classes)),
        "ece": expected_calibration_error(truth, shares),
    }
    return ImageReport(
        version=version,
        images=len(images),
        classes=classes,
        figures={name: round(figure, _DIGITS) for name, figure in figures.items()},
        per_class={name: _of_class(counts, column) for column, name in enumerate(classes)},
        confusion=counts.tolist(),
        reliability=reliability(truth, shares),
        worst=_worst(images, answered, shares.max(axis=1)),
        refused=images.refused,
        images_per_second=images_per_second,
    )


def _of_class(counts: np.ndarray, column: int) -> dict[str, float]:
    right, said, answered = (
        int(one) for one in (counts[column, column], counts[column].sum(), counts[:, column].sum())
    )
    return {
        "precision": round(right / max(answered, 1), _DIGITS),
        "recall": round(right / max(said, 1), _DIGITS),
        "f1": round(2 * right / max(said + answered, 1), _DIGITS),
        "images": said,
    }


def _worst(images: ImageSet, answered: np.ndarray, confidence: np.ndarray) -> list[Mistake]:
    wrong: Sequence[int] = np.flatnonzero(answered != images.truth).tolist()
    surest = sorted(wrong, key=lambda place: (-float(confidence[place]), place))[:WORST]
    return [
        Mistake(
            images.names[place],
            place,
            images.classes[int(images.truth[place])],
            images.classes[int(answered[place])],
            round(float(confidence[place]), _DIGITS),
        )
        for place in surest
    ]
