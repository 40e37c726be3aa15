"""What a recogniser said of pictures that were held out, and what that is worth, source by source."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.kinds.sources import SOURCES
from training.metrics import confusion
from triage.labels import ImageKind

KINDS = tuple(ImageKind)
Squares = npt.NDArray[np.uint8]
Columns = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Judged:
    """Pictures that were held out, and what was said of them.

    Attributes:
        squares: uint8 (images, side, side, 3).
        truth, predicted: Columns of kinds.
        names: Of the pictures, within their source.
        sources: Of each picture.
    """

    squares: Squares
    truth: Columns
    predicted: Columns
    names: tuple[str, ...]
    sources: tuple[str, ...]

    def of(self, sources: Sequence[str]) -> "Judged":
        """Return the part that is of some sources."""
        kept = [place for place, source in enumerate(self.sources) if source in sources]
        names, origins = (tuple(values[place] for place in kept) for values in (self.names, self.sources))
        return Judged(self.squares[kept], self.truth[kept], self.predicted[kept], names, origins)


@dataclass(frozen=True, slots=True)
class Figures:
    """What pictures of some sources say of a recogniser; `confusion` counts (true kind, what was said)."""

    images: int
    accuracy: float
    macro_f1: float
    confusion: list[list[int]]


def figures(judged: Judged) -> Figures:
    """Return accuracy, the mean F1 of the kinds that the pictures are of, and the confusion."""
    right = float((judged.truth == judged.predicted).mean()) if len(judged.truth) else 0.0
    counts = confusion(judged.truth, judged.predicted, len(KINDS))
    return Figures(len(judged.truth), right, _macro_f1(counts), counts.tolist())


def told(judged: Judged, unseen: Sequence[str] = ()) -> dict[str, Figures]:
    """Return figures of every source, of those never learned from, of the rest, and of all.

    Args:
        judged: Pictures, and what was said of them.
        unseen: As in `judge`.
    """
    seen_elsewhere = {source.shown_in for source in SOURCES}
    never = {source.name for source in SOURCES if source.use == "judge"} - seen_elsewhere | set(unseen)
    present = list(dict.fromkeys(judged.sources))
    parts = {name: [name] for name in present}
    parts["never seen"] = [name for name in present if name in never]
    parts["random split"] = [name for name in present if name not in never]
    parts["all"] = present
    return {name: figures(judged.of(sources)) for name, sources in parts.items()}


def table(found: dict[str, Figures]) -> str:
    """Return figures as lines to read: a source, how many, accuracy, macro-F1, and the confusion of all."""
    lines = [f"{'source':<16}{'images':>8}{'accuracy':>10}{'macro-F1':>10}"]
    lines += [f"{name:<16}{one.images:>8}{one.accuracy:>10.3f}{one.macro_f1:>10.3f}" for name, one in found.items()]
    lines += ["", f"{'true, then said':<16}" + "".join(f"{kind:>12}" for kind in KINDS)]
    rows = zip(KINDS, found["all"].confusion, strict=True)
    return "\n".join([*lines, *(f"{kind:<16}" + "".join(f"{count:>12}" for count in row) for kind, row in rows)])


def contact_sheet(judged: Judged, columns: int = 12) -> Image.Image:
    """Return the mistakes beside each other, those of one source together."""
    wrong = judged.squares[judged.truth != judged.predicted]
    side = judged.squares.shape[1]
    sheet = Image.new("RGB", (columns * side, max(1, -(-len(wrong) // columns)) * side), (255, 0, 255))
    for place, square in enumerate(wrong):
        sheet.paste(Image.fromarray(square), (place % columns * side, place // columns * side))
    return sheet


def _macro_f1(counts: npt.NDArray[np.int64]) -> float:
    """Return the mean F1 over kinds that occur; one that was only said shows as lost recall of the others."""
    occurs = counts.sum(axis=1) > 0
    both = (counts.sum(axis=0) + counts.sum(axis=1))[occurs]
    return float(np.mean(2 * np.diag(counts)[occurs] / both)) if occurs.any() else 0.0
