"""How a backbone wants its pixels: each channel is an affine mix of red, green and blue from 0 to 255."""

from dataclasses import dataclass
from typing import Any

import keras
import numpy as np


@dataclass(frozen=True, slots=True)
class Scaling:
    """An affine mix.

    Attributes:
        matrix: (3, 3), what each given channel adds to each wanted one.
        offset: (3,), what is added to each wanted one.
    """

    matrix: np.ndarray
    offset: np.ndarray

    def layer(self) -> keras.layers.Layer:
        """Return a layer that does it and never learns."""
        layer = keras.layers.Conv2D(3, 1, trainable=False, name="scaling")
        layer.build((None, None, None, 3))
        layer.set_weights([self.matrix[None, None].astype(np.float32), self.offset.astype(np.float32)])
        return layer


def scaling_of(preprocess: Any) -> Scaling:
    """Find out what a `preprocess_input` of Keras' does, by giving it black, red, green and blue."""
    colours = np.concatenate([np.zeros((1, 3)), 255 * np.eye(3)]).astype(np.float32)
    told = np.asarray(preprocess(colours.reshape(4, 1, 1, 3).copy()), np.float64).reshape(4, 3)
    return Scaling((told[1:] - told[0]) / 255, told[0])


_RED_FIRST, _BLUE_FIRST = np.eye(3), np.eye(3)[::-1]
_MEAN, _SPREAD = np.array([123.675, 116.28, 103.53]), np.array([58.395, 57.12, 57.375])  # ImageNet's, of red first

# The names that Keras has for them, where it has any.
SCALINGS = {
    "raw": Scaling(_RED_FIRST, np.zeros(3)),
    "unit": Scaling(_RED_FIRST / 255, np.zeros(3)),
    "tf": Scaling(_RED_FIRST / 127.5, np.full(3, -1.0)),
    "torch": Scaling(_RED_FIRST / _SPREAD, -_MEAN / _SPREAD),
    "caffe": Scaling(_BLUE_FIRST, np.array([-103.939, -116.779, -123.68])),
}
