"""Two image bundles in a row, in a folder of their own: `gate` answers when it is sure, else `fine` is asked.

manifest.json   the threshold, and what the two are worth together
gate/  fine/    image bundles
"""

import hashlib
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.errors import InvalidBundle
from triage.images.fit import Fit
from triage.serving.bundle_files import MANIFEST, manifest_fields, not_ours, require_whole, write_fields
from triage.serving.cascade import Cascade, Columns
from triage.serving.image import ImageModel, Pixels, Probabilities, load_image_model
from triage.serving.quiet import stderr_silenced

with stderr_silenced():
    import tensorflow as tf

FORMAT = 1
KIND = "image-cascade"
GATE, FINE = "gate", "fine"
_ANSWER = "probabilities"


@dataclass(frozen=True, slots=True)
class CascadeManifest:
    """What a cascade of image bundles says of itself.

    Attributes:
        version: Name of the cascade, made from both models and the threshold.
        classes: Those of the fine model, in the order of its columns.
        side: Pixels of the square that it is given; the larger of both models'.
        fit: How an image becomes that square.
        threshold: Confidence from which the gate's answer stands.
        loss: Share of the accuracy that asking the gate first was allowed to cost.
        figures: What both are worth alone and together, how many the gate answers, and what each costs.
        manifests: sha256 of the manifest of either bundle.
        files: Path within the folder to sha256, for every file but the manifests.
    """

    version: str
    classes: tuple[str, ...]
    side: int
    fit: Fit
    threshold: float
    loss: float
    figures: Mapping[str, Any]
    manifests: Mapping[str, str]
    files: Mapping[str, str] = field(default_factory=dict)
    format: int = FORMAT
    kind: str = KIND


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


def write_cascade_manifest(bundle: Path, manifest: CascadeManifest) -> None:
    """Write the manifest of a folder that holds both bundles; their digests are taken now."""
    write_fields(bundle, asdict(manifest) | {"manifests": _of_manifests(bundle)})


def read_cascade_manifest(bundle: Path) -> CascadeManifest:
    """Read a cascade's manifest and check the folder against it.

    Raises:
        InvalidBundle: It is of another format, or a file is missing, foreign or altered.
    """
    fields = manifest_fields(bundle)
    try:
        manifest = CascadeManifest(**{**fields, "classes": tuple(map(str, fields["classes"]))})
        is_sound = manifest.kind == KIND and manifest.format == FORMAT and math.isfinite(manifest.threshold)
    except (TypeError, KeyError) as error:
        raise not_ours(f"bundle {bundle}") from error
    if not is_sound:
        raise not_ours(f"bundle {bundle}")
    require_whole(bundle, manifest.files)
    if _of_manifests(bundle) != manifest.manifests:
        raise InvalidBundle(f"the bundles in {bundle} are others than it was made of; make the cascade again")
    return manifest


def _of_manifests(bundle: Path) -> dict[str, str]:
    paths = {name: bundle / name / MANIFEST for name in (GATE, FINE)}
    return {name: hashlib.sha256(path.read_bytes()).hexdigest() for name, path in paths.items() if path.is_file()}
