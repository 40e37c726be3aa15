"""How well a recogniser tells kinds on sources it never learned from: `python -m training.kinds.judge --bundle DIR`.

A split at random flatters: pictures of one source are alike, and a model may know the source instead of the kind. So
every source is told by itself, and those that nothing was learned from stand apart.
"""

import argparse
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from training.kinds.collection import pictures_held_out, pictures_of
from training.kinds.judgement import KINDS, Judged, Squares, contact_sheet, table, told
from training.kinds.sources import SOURCES
from triage.errors import InvalidSubmission
from triage.images.fit import Fit
from triage.images.pixels import to_square
from triage.labels import ImageKind

Recognise = Callable[[Squares], npt.NDArray[np.floating]]


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


def _square(data: bytes, side: int, fit: Fit) -> Squares:
    with Image.open(io.BytesIO(data)) as opened:
        return to_square(opened, side, fit)


if __name__ == "__main__":
    main()
