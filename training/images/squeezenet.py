"""SqueezeNet v1.1 without its top, for the weights that were given out for it.

Source:
    Iandola et al. 2016, arXiv:1602.07360; v1.1 of the authors' repository. Layers have the names of keras-squeezenet.
"""

from collections.abc import Mapping
from pathlib import Path

import h5py
import keras
import numpy as np

from triage.errors import InvalidSubmission

SIDE = 227
_FIRES = ((2, 16, 64), (3, 16, 64), (4, 32, 128), (5, 32, 128), (6, 48, 192), (7, 48, 192), (8, 64, 256), (9, 64, 256))
_POOLED_AFTER = (3, 5)


def squeezenet_features(side: int) -> keras.Model:
    """Build it untrained: pixels as `squeezenet_scaling` leaves them to (images, edge, edge, 512)."""
    pixels = keras.Input((side, side, 3), name="pixels")
    features = keras.layers.Conv2D(64, 3, strides=2, activation="relu", name="conv1")(pixels)
    features = keras.layers.MaxPooling2D(3, strides=2, name="pool1")(features)
    for number, squeezed, expanded in _FIRES:
        features = _fire(features, squeezed, expanded, f"fire{number}")
        if number in _POOLED_AFTER:
            features = keras.layers.MaxPooling2D(3, strides=2, name=f"pool{number}")(features)
    return keras.Model(pixels, features, name="squeezenet")


def is_squeezenet(weights: Mapping[str, list[np.ndarray]]) -> bool:
    """Say whether layers of these names are SqueezeNet's."""
    return any(name.startswith("fire9") for name in weights)


def load_by_layer(model: keras.Model, weights: Mapping[str, list[np.ndarray]], source: Path) -> None:
    """Give each layer of a model the weights of its name.

    Raises:
        InvalidSubmission: A layer has none, or others than it needs.
    """
    for layer in model.layers:
        wanted = [tuple(variable.shape) for variable in layer.weights]
        found = weights.get(layer.name, [])
        if [one.shape for one in found] != wanted:
            raise InvalidSubmission(
                f"layer {layer.name} of {source} has weights of {[one.shape for one in found]} and we need {wanted};"
                " name the file of SqueezeNet v1.1 without its top"
            )
        layer.set_weights(found)


def weights_by_layer(path: Path) -> dict[str, list[np.ndarray]]:
    """Read the weights in an HDF5 file of Keras', by the names of their layers."""
    with h5py.File(path, "r") as file:
        root = file.get("model_weights", file)
        return {
            name.replace("/", "_"): [
                np.asarray(root[name][str(_text(weight))]) for weight in root[name].attrs["weight_names"]
            ]
            for name in map(_text, root.attrs["layer_names"])
        }


def _fire(features: keras.KerasTensor, squeezed: int, expanded: int, name: str) -> keras.KerasTensor:
    convolution = keras.layers.Conv2D
    features = convolution(squeezed, 1, activation="relu", name=f"{name}_squeeze1x1")(features)
    small = convolution(expanded, 1, activation="relu", name=f"{name}_expand1x1")(features)
    large = convolution(expanded, 3, padding="same", activation="relu", name=f"{name}_expand3x3")(features)
    return keras.layers.Concatenate(name=f"{name}_concat")([small, large])


def _text(name: bytes | str) -> str:
    return name.decode() if isinstance(name, bytes) else str(name)
