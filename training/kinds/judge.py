"""How well a recogniser tells kinds on sources it never learned from: `python -m training.kinds.judge --bundle DIR`.

A split at random flatters: pictures of one source are alike, and a model may know the source instead of the kind. So
every source is told by itself, and those that nothing was learned from stand apart.
"""

import argparse
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.kinds.collection import pictures_held_out, pictures_of
from training.kinds.sources import SOURCES
from training.metrics import confusion, macro_f1
from triage.errors import InvalidSubmission
from triage.images.fit import Fit
from triage.images.pixels import to_square
from triage.labels import ImageKind

KINDS = tuple(ImageKind)
Squares = npt.NDArray[np.uint8]
Columns = npt.NDArray[np.int64]
Recognise = Callable[[Squares], npt.NDArray[np.floating]]


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


def judge(
    recognise: Recognise, side: int, fit: Fit, classes: Sequence[str] = KINDS, unseen: Sequence[str] = ()
) -> Judged:
    """Let a recogniser see all that is held out.

    Args:
        recognise: uint8 (images, side, side, 3) to probabilities (images, classes).
        side: Of the square.
        fit: How a picture becomes it.
        classes: Names of the columns that it answers.
        unseen: Sources that it was kept from; it sees all of them.

    Raises:
        InvalidSubmission: There are no pictures, or the recogniser answers other kinds.
    """
    if set(classes) != set(KINDS):
        raise InvalidSubmission(f"the recogniser tells {', '.join(classes)}; judge one that tells {', '.join(KINDS)}")
    held = [
        (source, name, data)
        for source in SOURCES
        for name, data in (pictures_of if source.name in unseen else pictures_held_out)(source).items()
    ]
    if not held:
        raise InvalidSubmission(
            "there are no pictures to judge by; put images-attachment-kinds where TRIAGE_PUBLIC_DATA says"
        )
    squares = np.stack([_square(data, side, fit) for _, _, data in held])
    column = np.array([KINDS.index(ImageKind(name)) for name in classes])
    predicted = column[recognise(squares).argmax(axis=1)]
    truth = np.array([KINDS.index(source.kind) for source, _, _ in held])
    return Judged(
        squares, truth, predicted, tuple(name for _, name, _ in held), tuple(source.name for source, _, _ in held)
    )


def figures(judged: Judged) -> Figures:
    """Return accuracy, the mean F1 of the kinds that occur, and the confusion."""
    right = float((judged.truth == judged.predicted).mean()) if len(judged.truth) else 0.0
    counts = confusion(judged.truth, judged.predicted, len(KINDS))
    return Figures(len(judged.truth), right, macro_f1(judged.truth, judged.predicted, len(KINDS)), counts.tolist())


def told(judged: Judged, unseen: Sequence[str] = ()) -> dict[str, Figures]:
    """Return figures of every source, of those never learned from, of the rest, and of all.

    Args:
        judged: Pictures, and what was said of them.
        unseen: As in `judge`.
    """
    never = {source.name for source in SOURCES if source.use == "judge" and source.name != "refuse"} | set(unseen)
    present = list(dict.fromkeys(judged.sources))
    parts = {name: [name] for name in present}
    parts["never seen"] = [name for name in present if name in never]
    parts["random split"] = [name for name in present if name not in never]
    parts["all"] = present
    return {name: figures(judged.of(sources)) for name, sources in parts.items()}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the tool."""
    parser = argparse.ArgumentParser(prog="python -m training.kinds.judge", description=__doc__)
    parser.add_argument("--bundle", type=Path, required=True, help="folder of an image bundle that tells kinds")
    parser.add_argument("--unseen", nargs="*", default=(), metavar="SOURCE", help="sources it was rendered --without")
    parser.add_argument("--json", action="store_true", help="print figures as JSON")
    parser.add_argument("--mistakes", type=Path, help="picture to write of what it took for something else, .png")
    options = parser.parse_args(arguments)
    from triage.serving.image import load_image_model

    model = load_image_model(options.bundle)
    judged = judge(model.recognize, model.manifest.side, model.manifest.fit, model.manifest.classes, options.unseen)
    found = told(judged, options.unseen)
    print(json.dumps({name: asdict(one) for name, one in found.items()}) if options.json else table(found))  # noqa: T201
    if options.mistakes:
        contact_sheet(judged).save(options.mistakes)


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


def _square(data: bytes, side: int, fit: Fit) -> Squares:
    with Image.open(io.BytesIO(data)) as opened:
        return to_square(opened, side, fit)


if __name__ == "__main__":
    main()
