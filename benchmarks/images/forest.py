"""A random forest on pixels and colours: what a careful person without a neural network would try first."""

import numpy as np
from PIL import Image
from sklearn.ensemble import RandomForestClassifier

from training.images.examples import ImageSet, Pixels

_SIDE = 32  # larger images are reduced to that
_BINS = 16  # of each colour
_TREES = 300


class Forest:
    """Learns from a set of images; it holds nothing out, since it needs neither stopping nor calibration."""

    def __init__(self, images: ImageSet, seed: int, threads: int) -> None:
        self._forest = RandomForestClassifier(_TREES, n_jobs=threads, random_state=seed)
        self._forest.fit(_described(images.pixels), images.truth)
        self._classes = len(images.classes)

    def recognize(self, pixels: Pixels) -> np.ndarray:
        """Return the probability of each class, (images, classes)."""
        shares = np.zeros((len(pixels), self._classes))
        shares[:, self._forest.classes_] = self._forest.predict_proba(_described(pixels))
        return shares


def _described(pixels: Pixels) -> np.ndarray:
    """Return pixels and a histogram of each colour, float32 (images, features)."""
    side = min(pixels.shape[1], _SIDE)
    small = [np.asarray(Image.fromarray(one).resize((side, side), Image.Resampling.BOX)) for one in pixels]
    bins = pixels.reshape(len(pixels), -1, 3) // (256 // _BINS)
    counts = [[np.bincount(bins[one, :, colour], minlength=_BINS) for colour in range(3)] for one in range(len(pixels))]
    histograms = np.array(counts, np.float32).reshape(len(pixels), -1) / bins.shape[1]
    return np.concatenate([np.stack(small).reshape(len(pixels), -1).astype(np.float32) / 255, histograms], axis=1)
