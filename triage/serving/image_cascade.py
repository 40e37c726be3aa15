"""Two loaded image bundles in a row: `gate` answers when it is sure, else `fine` is asked."""

from pathlib import Path

import numpy as np
import numpy.typing as npt

from triage.serving.bundle_files import manifest_fields
from triage.serving.cascade import Cascade, Columns
from triage.serving.cascade_manifest import FINE, GATE, KIND, CascadeManifest, read_cascade_manifest
from triage.serving.image import ImageModel, Pixels, Probabilities, load_image_model
from triage.serving.lean import tf

_ANSWER = "probabilities"


class ImageCascade:
    """Recognises images with two bundles; safe to call from one thread at a time.

    Attributes:
        version: Of the cascade.
        manifest: What it says of itself.
    """

    def __init__(self, manifest: CascadeManifest, gate: ImageModel, fine: ImageModel) -> None:
        self.version, self.manifest = manifest.version, manifest
        self._gate, self._fine = gate, fine
        self._cascade = Cascade(self._unsure)

    @property
    def asked(self) -> int:
        """Images that the fine model was asked about so far."""
        return self._cascade.asked

    def recognize(self, pixels: Pixels) -> Probabilities:
        """Return the probability of each class, float32 (images, classes), of images (images, side, side, 3)."""
        answers = {_ANSWER: gate_answers(self._gate, pixels, self.manifest.classes)}
        self._cascade.complete(answers, lambda places: {_ANSWER: fine_answers(self._fine, pixels[places])})
        return answers[_ANSWER]

    def _unsure(self, answers: Columns) -> npt.NDArray[np.bool_]:
        unsure: npt.NDArray[np.bool_] = answers[_ANSWER].max(axis=1) < self.manifest.threshold
        return unsure


def gate_answers(gate: ImageModel, pixels: Pixels, classes: tuple[str, ...]) -> Probabilities:
    """Return what the gate says, in the columns of these classes; 0 for a class that it does not know."""
    said = gate.recognize(seen_at(pixels, gate.manifest.side))
    answers = np.zeros((len(pixels), len(classes)), np.float32)
    answers[:, [classes.index(name) for name in gate.manifest.classes]] = said
    return answers


def fine_answers(fine: ImageModel, pixels: Pixels) -> Probabilities:
    """Return what the fine model says of squares of the cascade's side."""
    return fine.recognize(seen_at(pixels, fine.manifest.side))


def seen_at(pixels: Pixels, side: int) -> Pixels:
    """Return squares at a smaller side, each pixel the mean of its area."""
    if pixels.shape[1] == side:
        return pixels
    small = tf.image.resize(tf.constant(pixels), (side, side), method="area")
    seen: Pixels = np.rint(small.numpy()).astype(np.uint8)
    return seen


def load_recognizer(bundle: Path, *, threads: int = 1) -> ImageModel | ImageCascade:
    """Load an image bundle or a cascade of two; the manifest says which it is.

    Raises:
        InvalidBundle: The folder is neither, or is incomplete or altered.
    """
    fields = manifest_fields(bundle)
    if not isinstance(fields, dict) or fields.get("kind") != KIND:
        return load_image_model(bundle, threads=threads)
    manifest = read_cascade_manifest(bundle)
    gate, fine = (load_image_model(bundle / name, threads=threads) for name in (GATE, FINE))
    return ImageCascade(manifest, gate, fine)
