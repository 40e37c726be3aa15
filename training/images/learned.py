"""What a training of images came to."""

from dataclasses import dataclass

import keras
import numpy as np
import numpy.typing as npt

from training.images.examples import Places


@dataclass(frozen=True, slots=True)
class Learned:
    """A model and what it makes of the images held out.

    Attributes:
        model: Pixels from 0 to 255, float32 (images, side, side, 3), to logits (images, classes).
        logits: Of the images held out.
        epochs: Times every image was shown.
        told: How it came about, in words.
    """

    model: keras.Model
    logits: npt.NDArray[np.float32]
    epochs: int
    told: tuple[str, ...]


def surprise(logits: npt.NDArray[np.floating], truth: Places) -> float:
    """Return the mean log-loss of logits."""
    rows = logits.astype(np.float64) - logits.max(axis=1, keepdims=True)
    return float(np.mean(np.log(np.exp(rows).sum(axis=1)) - rows[np.arange(len(truth)), truth]))
