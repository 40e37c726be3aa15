"""`python -m training images-cascade GATE FINE FOLDER --output DIR`, which `triage images cascade` becomes.

The threshold is fitted on images that neither bundle learned from: the lowest from which, as from every higher one,
asking the gate first costs no more than was allowed.
"""

import argparse
import hashlib
import shutil
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from training.export import replacing, require_place
from training.images.examples import ImageSet, Places, renumbered
from training.images.lineage import unseen
from training.images.sources import images_in
from training.metrics import expected_calibration_error
from triage.errors import CannotStart, InvalidBundle, InvalidSubmission, TriageError, sentence_of
from triage.serving.cascade_manifest import FINE, GATE, CascadeManifest, write_cascade_manifest
from triage.serving.image import ImageModel, load_image_model
from triage.serving.image_cascade import fine_answers, gate_answers
from triage.serving.image_manifest import read_image_manifest

LOSS = 0.5  # points of accuracy
FEWEST = 20  # images that a threshold is fitted on
_THRESHOLDS = np.round(np.linspace(0.0, 1.0, 201), 3)
_ALWAYS_ASK = 1.01  # no confidence reaches it

Floats = npt.NDArray[np.floating]


@dataclass(frozen=True, slots=True)
class Fitted:
    """A threshold and what it leads to on the images that it was fitted on.

    Attributes:
        share: Of the images that the gate answers.
        gate: Accuracy of the gate alone.
        fine: Accuracy of the fine model alone.
        together: Accuracy of the cascade.
    """

    threshold: float
    share: float
    gate: float
    fine: float
    together: float
    ece: float


def fit_threshold(gate: Floats, fine: Floats, truth: Places, loss: float) -> Fitted:
    """Return the threshold at which the gate answers most and the accuracy falls by no more than `loss` (a share)."""
    confidence = gate.max(axis=1)
    alone, asked = gate.argmax(axis=1) == truth, fine.argmax(axis=1) == truth
    wanted = float(asked.mean()) - loss
    threshold = _ALWAYS_ASK
    for lower in _THRESHOLDS[::-1].tolist():
        if float(np.where(confidence >= lower, alone, asked).mean()) < wanted - 1e-9:
            break
        threshold = lower
    stands = confidence >= threshold
    both = np.where(stands[:, None], gate, fine)
    return Fitted(
        threshold=threshold,
        share=round(float(stands.mean()), 4),
        gate=round(float(alone.mean()), 4),
        fine=round(float(asked.mean()), 4),
        together=round(float(np.where(stands, alone, asked).mean()), 4),
        ece=round(expected_calibration_error(truth, both), 4),
    )


def make_cascade(gate: Path, fine: Path, source: str, output: Path, loss: float = LOSS) -> CascadeManifest:
    """Put two bundles in a row, by the images of a source, as `make_cascade_of` does."""
    require_place(output)
    manifests = [read_image_manifest(bundle) for bundle in (gate, fine)]
    side = max(one.side for one in manifests)
    return make_cascade_of(gate, fine, images_in(source, side, manifests[1].fit), output, loss)


def make_cascade_of(gate: Path, fine: Path, images: ImageSet, output: Path, loss: float = LOSS) -> CascadeManifest:
    """Put two bundles in a row and write them as one.

    Args:
        gate: Bundle that answers when it is sure.
        fine: Bundle that is asked else.
        images: Those that neither learned from fit the threshold; their side is the cascade's.
        output: Folder to write the cascade into.
        loss: Points of accuracy that asking the gate first may cost.

    Raises:
        InvalidBundle: The two do not go together.
        InvalidSubmission: Too few of the images are new to both.
    """
    require_place(output)
    if any(output.resolve() == one.resolve() for one in (gate, fine)):
        raise CannotStart(f"{output} is one of the two bundles; name another folder for the cascade")
    first, second = load_image_model(gate), load_image_model(fine)
    _require_pair(first, second)
    images = _new_images(images, first, second)
    fitted, costs = _fitted(first, second, images, loss / 100)
    told = f"{first.version} {second.version} {fitted.threshold}"
    manifest = CascadeManifest(
        version=f"cascade-{hashlib.sha256(told.encode()).hexdigest()[:12]}",
        classes=second.manifest.classes,
        side=images.side,
        fit=second.manifest.fit,
        threshold=fitted.threshold,
        loss=loss / 100,
        figures=_figures(fitted, costs, len(images)),
        manifests={},
    )
    with replacing(output) as folder:
        for name, bundle in ((GATE, gate), (FINE, fine)):
            shutil.copytree(bundle, folder / name)
        write_cascade_manifest(folder, manifest)
    return manifest


def _require_pair(gate: ImageModel, fine: ImageModel) -> None:
    foreign = sorted(set(gate.manifest.classes) - set(fine.manifest.classes))
    if foreign:
        raise InvalidBundle(f"the gate knows {foreign[0]} and the fine bundle does not; train both on the same classes")
    if gate.manifest.fit != fine.manifest.fit:
        raise InvalidBundle(
            f"the gate sees images by `{gate.manifest.fit}` and the fine bundle by `{fine.manifest.fit}`;"
            " train both with one --fit"
        )


def _new_images(images: ImageSet, gate: ImageModel, fine: ImageModel) -> ImageSet:
    images = renumbered(images, fine.manifest.classes)
    known = np.flatnonzero(images.truth < len(fine.manifest.classes)).tolist()
    new = sorted(set(known).intersection(unseen(images.digests, gate.manifest.figures, fine.manifest.figures)))
    if len(new) < FEWEST:
        raise InvalidSubmission(
            f"{len(new)} of the {len(images)} images are new to both bundles;"
            f" give at least {FEWEST} that neither learned from"
        )
    return images.of(new)


def _fitted(gate: ImageModel, fine: ImageModel, images: ImageSet, loss: float) -> tuple[Fitted, tuple[float, float]]:
    """Return the fitted threshold, and the milliseconds that an image costs with either model."""
    started = time.perf_counter()
    first = gate_answers(gate, images.pixels, fine.manifest.classes)
    between = time.perf_counter()
    second = fine_answers(fine, images.pixels)
    ended = time.perf_counter()
    costs = (1e3 * (between - started) / len(images), 1e3 * (ended - between) / len(images))
    return fit_threshold(first, second, images.truth, loss), costs


def _figures(fitted: Fitted, costs: tuple[float, float], images: int) -> dict[str, Any]:
    gate_ms, fine_ms = costs
    return {
        "images": images,
        "answered_by_gate": fitted.share,
        "accuracy_gate": fitted.gate,
        "accuracy_fine": fitted.fine,
        "accuracy": fitted.together,
        "ece": fitted.ece,
        "gate_ms": round(gate_ms, 3),
        "fine_ms": round(fine_ms, 3),
        "cascade_ms": round(gate_ms + (1 - fitted.share) * fine_ms, 3),
    }


def main(arguments: Sequence[str] | None = None) -> int:
    """Make a cascade from the command line; return the exit code."""
    parser = argparse.ArgumentParser(prog="triage images cascade", description="Put two image bundles in a row.")
    parser.add_argument("gate", type=Path, help="bundle that answers when it is sure")
    parser.add_argument("fine", type=Path, help="bundle that is asked else")
    parser.add_argument("source", help="images; those that neither learned from fit the threshold")
    parser.add_argument("--output", type=Path, required=True, help="folder to write the cascade into")
    parser.add_argument("--loss", type=float, default=LOSS, help="points of accuracy that the gate may cost")
    told = parser.parse_args(arguments)
    try:
        manifest = make_cascade(told.gate, told.fine, told.source, told.output, told.loss)
    except (TriageError, OSError) as error:
        print(f"triage: {sentence_of(error)}", file=sys.stderr)  # noqa: T201 - the last word of a command
        return 1
    for line in _lines(manifest):
        print(line)  # noqa: T201 - the figures are this command's result
    return 0


def _lines(manifest: CascadeManifest) -> Iterator[str]:
    yield f"bundle\t{manifest.version}"
    yield f"threshold\t{manifest.threshold}"
    yield f"loss allowed\t{100 * manifest.loss:g} points"
    yield from (f"{name}\t{figure}" for name, figure in manifest.figures.items())


if __name__ == "__main__":
    sys.exit(main())
