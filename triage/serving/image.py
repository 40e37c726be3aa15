"""A loaded image bundle: pixels in, calibrated probabilities out.

The SavedModel holds everything from raw pixels to probabilities. Load it after a fork: TensorFlow that has run in a
parent process hangs in its children.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from triage.errors import InvalidBundle
from triage.serving.image_manifest import ImageManifest, read_image_manifest
from triage.serving.lean import tf
from triage.serving.threads import limit_threads

# A call is padded to one of these, so that TensorFlow plans few shapes; more images go in several calls.
BATCH_SHAPES = (1, 8, 32)

Pixels = npt.NDArray[np.uint8]
Probabilities = npt.NDArray[np.float32]


class ImageModel:
    """Recognises images with one bundle; safe to call from one thread at a time.

    Attributes:
        version: The bundle's model version, stored with every finding.
        manifest: What the bundle says of itself.
    """

    def __init__(self, manifest: ImageManifest, module: Any) -> None:
        self.version = manifest.version
        self.manifest = manifest
        self._module = module  # owns the variables that the signature reads
        self._signature = module.signatures["serving_default"]
        # TensorFlow would take pixels of any size, and answer.
        _require_side(self._signature, manifest.side)

    def recognize(self, pixels: Pixels) -> Probabilities:
        """Return the probability of each class, float32 (images, classes), of images (images, side, side, 3)."""
        shape = (self.manifest.side, self.manifest.side, 3)
        if pixels.dtype != np.uint8 or pixels.shape[1:] != shape:
            raise ValueError(f"pixels are {pixels.dtype} {pixels.shape}, and this model takes uint8 (images, *{shape})")
        starts = range(0, len(pixels), BATCH_SHAPES[-1])
        none = np.zeros((0, len(self.manifest.classes)), np.float32)
        return np.concatenate([none, *(self._batch(pixels[start : start + BATCH_SHAPES[-1]]) for start in starts)])

    def _batch(self, pixels: Pixels) -> Probabilities:
        size = next(size for size in BATCH_SHAPES if size >= len(pixels))
        padding = np.zeros((size - len(pixels), *pixels.shape[1:]), np.uint8)
        answer = self._signature(pixels=tf.constant(np.concatenate([pixels, padding])))
        probabilities: Probabilities = answer["probabilities"].numpy()[: len(pixels)]
        return probabilities


def load_image_model(bundle: Path, *, threads: int = 1) -> ImageModel:
    """Load a bundle and run it once at every shape, so that the first image waits for nothing.

    Args:
        bundle: A folder that the training of images wrote.
        threads: Processor threads TensorFlow may use; only the first load of a process can set it.

    Raises:
        InvalidBundle: The folder is no image bundle of ours, or is incomplete or altered.
    """
    manifest = read_image_manifest(bundle)
    limit_threads(threads)
    model = _loaded(bundle, manifest)
    # Had the bundle been replaced meanwhile, the model might hold the weights of one under the name of the other.
    if read_image_manifest(bundle) != manifest:
        raise InvalidBundle(f"bundle {bundle} was replaced while it was being loaded; load it again")
    return model


def _loaded(bundle: Path, manifest: ImageManifest) -> ImageModel:
    try:
        module = tf.saved_model.load(str(bundle))
        module.prepare()
        model = ImageModel(manifest, module)
        for size in BATCH_SHAPES:
            model.recognize(np.zeros((size, manifest.side, manifest.side, 3), np.uint8))
    except (OSError, ValueError, TypeError, AttributeError, KeyError, tf.errors.OpError) as error:
        # Its digests are right, so it is whole; what it holds was made for another release.
        sentence = f"bundle {bundle} cannot be used by this release ({type(error).__name__}); train it again"
        raise InvalidBundle(sentence) from error
    return model


def _require_side(signature: Any, side: int) -> None:
    takes = signature.structured_input_signature[1]["pixels"]
    if takes.shape.as_list() != [None, side, side, 3] or takes.dtype != tf.uint8:
        raise ValueError(f"the model takes {takes}, and its manifest says {side}")
