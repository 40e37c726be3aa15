"""Tiny image bundles, written in a second or two; they answer by colour, not by sense."""

from pathlib import Path

import keras
import numpy as np

from training.images.export import ImageRelease, write_image_bundle
from triage.labels import ImageKind
from triage.serving.image_manifest import ImageManifest

SIDE = 16


def tiny_network(classes: int = len(ImageKind), side: int = SIDE, seed: int = 0) -> keras.Model:
    """Return an untrained network whose answer depends on the mean colour of an image."""
    keras.utils.set_random_seed(seed)
    pixels = keras.Input((side, side, 3), dtype="uint8")
    scaled = keras.layers.Rescaling(1.0 / 255.0)(pixels)
    pooled = keras.layers.GlobalAveragePooling2D()(keras.layers.Conv2D(8, 3, activation="relu")(scaled))
    return keras.Model(pixels, keras.layers.Dense(classes)(keras.layers.BatchNormalization()(pooled)))


def tiny_release(classes: tuple[str, ...] = tuple(ImageKind), **changes: object) -> ImageRelease:
    """Return what stands beside a tiny network in its bundle."""
    told = {"side": SIDE, "fit": "pad", "temperature": 1.0, "figures": {}, "config": {"seed": 0}, "data_digest": "0"}
    return ImageRelease(classes=classes, **(told | changes))


def write_tiny_bundle(folder: Path, classes: tuple[str, ...] = tuple(ImageKind), seed: int = 0) -> ImageManifest:
    """Write the bundle of a tiny network into a folder."""
    return write_image_bundle(tiny_network(len(classes), seed=seed), folder, tiny_release(classes))


def plain(*colours: tuple[int, int, int], side: int = SIDE) -> np.ndarray:
    """Return uint8 (colours, side, side, 3): one square of each colour."""
    return np.broadcast_to(np.array(colours, np.uint8)[:, None, None], (len(colours), side, side, 3)).copy()
