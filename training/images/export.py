"""Write an image bundle: a SavedModel from pixels to probabilities, its card, and the manifest that vouches for both.

Weights are stored as float16 where that changes no answer by more than a thousandth, which halves the bundle.
`prepare`, called once after loading, expands them to float32.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from training.export import replacing
from triage.errors import CannotStart
from triage.images.fit import Fit
from triage.serving.bundle_files import CARD
from triage.serving.image_manifest import ImageManifest, write_image_manifest

# A probability may differ by so much for being stored in half the space.
_LARGEST_CHANGE = 1e-3
_SAMPLE = 16


@dataclass(frozen=True, slots=True)
class ImageRelease:
    """All that goes into an image bundle beside the network; the fields are those of `ImageManifest`.

    Attributes:
        card: Writes its model card.
    """

    classes: tuple[str, ...]
    side: int
    fit: Fit
    temperature: float
    figures: Mapping[str, Any]
    config: Mapping[str, Any]
    data_digest: str
    backbone: str = ""
    card: Callable[[ImageManifest], str] | None = None


def write_image_bundle(model: keras.Model, output: Path, release: ImageRelease) -> ImageManifest:
    """Write the bundle into a folder, replacing the bundle that is there; return its manifest.

    Args:
        model: Gives logits (images, classes) from uint8 pixels (images, side, side, 3).
        output: Where to.
        release: What else the bundle says and does.

    Raises:
        CannotStart: There is no room for it, or something else is in its place.
    """
    graph = ImageGraph(model, release.side, release.temperature, tf.float16)
    # Not the reverse comparison: what overflows float16 answers with no number at all.
    if not _changes_by(graph, model, release) <= _LARGEST_CHANGE:
        graph = ImageGraph(model, release.side, release.temperature, tf.float32)
    manifest = ImageManifest(
        version=_version(model, release),
        classes=release.classes,
        side=release.side,
        fit=release.fit,
        temperature=release.temperature,
        figures=dict(release.figures),
        config=dict(release.config),
        data_digest=release.data_digest,
        tensorflow=tf.__version__,
        backbone=release.backbone,
    )
    options = tf.saved_model.SaveOptions(experimental_custom_gradients=False)
    graph.clear()
    with replacing(output) as folder:
        try:
            tf.saved_model.save(graph, str(folder), signatures={"serving_default": graph.serve}, options=options)
        except tf.errors.OpError as error:
            raise CannotStart(f"the bundle cannot be written to {output}; is the disk full?") from error
        # What TensorFlow says of the file itself differs from run to run, and loading does not need it.
        (folder / "fingerprint.pb").unlink(missing_ok=True)
        if release.card is not None:
            (folder / CARD).write_text(release.card(manifest), encoding="utf-8")
        write_image_manifest(folder, manifest)
    return manifest


class ImageGraph(tf.Module):  # type: ignore[misc]
    """The program that a bundle holds: `prepare` once, then `serve`."""

    def __init__(self, model: keras.Model, side: int, temperature: float, stored: tf.DType) -> None:
        super().__init__()
        values = [tf.convert_to_tensor(variable.value) for variable in model.variables]
        self._stored = [
            tf.Variable(tf.cast(value, stored) if value.dtype == tf.float32 else value, trainable=False)
            for value in values
        ]
        # Empty on disk; `prepare` fills them.
        self._expanded = [
            tf.Variable(value, shape=tf.TensorShape(None), trainable=False, validate_shape=False) for value in values
        ]
        trainable = len(model.trainable_variables)
        places = {id(variable): place for place, variable in enumerate(model.variables)}
        order = [places[id(variable)] for variable in (*model.trainable_variables, *model.non_trainable_variables)]

        def logits(pixels: tf.Tensor) -> tf.Tensor:
            read = [tf.ensure_shape(self._expanded[place].read_value(), values[place].shape) for place in order]
            return model.stateless_call(read[:trainable], read[trainable:], pixels, training=False)[0]

        def serve(pixels: tf.Tensor) -> dict[str, tf.Tensor]:
            return {"probabilities": tf.nn.softmax(tf.cast(logits(pixels), tf.float32) / temperature)}

        def prepare() -> None:
            for wide, narrow in zip(self._expanded, self._stored, strict=True):
                wide.assign(tf.cast(narrow, wide.dtype))

        # Closures, so that the network itself, with its own copy of the weights, is no part of what is saved.
        self.serve = tf.function(
            serve, input_signature=[tf.TensorSpec([None, side, side, 3], tf.uint8, "pixels")], autograph=False
        )
        self.prepare = tf.function(prepare, input_signature=[], autograph=False)

    def clear(self) -> None:
        """Leave what `prepare` fills empty, so that it takes no room on disk."""
        self.serve.get_concrete_function()
        for wide in self._expanded:
            wide.assign(tf.zeros([0], wide.dtype))


def _changes_by(graph: ImageGraph, model: keras.Model, release: ImageRelease) -> float:
    """Return how far the farthest probability of noise and of plain squares goes from what the network itself says."""
    draw = np.random.default_rng(0)
    shape = (_SAMPLE, release.side, release.side, 3)
    pixels = draw.integers(0, 256, shape).astype(np.uint8)
    pixels[_SAMPLE // 2 :] = draw.integers(0, 256, (_SAMPLE - _SAMPLE // 2, 1, 1, 3))
    exact = tf.nn.softmax(tf.cast(model(pixels, training=False), tf.float32) / release.temperature)
    graph.prepare()
    return float(np.abs(graph.serve(tf.constant(pixels))["probabilities"].numpy() - exact.numpy()).max())


def _version(model: keras.Model, release: ImageRelease) -> str:
    """Return a name made of all that an answer depends on."""
    told = [release.classes, release.side, release.fit, release.temperature, release.config, release.data_digest]
    digest = hashlib.sha256(json.dumps(told, sort_keys=True).encode())
    for value in model.get_weights():
        digest.update(np.ascontiguousarray(value).tobytes())
    return f"image-{digest.hexdigest()[:12]}"
