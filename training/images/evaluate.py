"""Asking a bundle about labelled images."""

import time
from collections.abc import Callable

import numpy as np

from training.images.examples import ImageSet, Pixels, renumbered
from training.images.report import ImageReport, image_report
from triage.serving.image import ImageModel
from triage.serving.image_cascade import ImageCascade

_TIMED = 256  # images at most that the time is taken of


def evaluated(model: ImageModel | ImageCascade, images: ImageSet) -> ImageReport:
    """Return what a model is worth; a class that it does not know can only be recognised wrongly, and counts so."""
    images = renumbered(images, model.manifest.classes)
    known = model.recognize(images.pixels)
    shares = np.zeros((len(images), len(images.classes)), np.float32)
    shares[:, : known.shape[1]] = known
    return image_report(model.version, images, shares, images_per_second(model.recognize, images.pixels))


def images_per_second(recognize: Callable[[Pixels], np.ndarray], pixels: Pixels) -> float:
    """Measure how many images are recognised in a second, as many at once as the model takes."""
    some = np.resize(pixels, (_TIMED, *pixels.shape[1:])) if len(pixels) < _TIMED else pixels[:_TIMED]
    started = time.perf_counter()
    recognize(some)
    return round(len(some) / (time.perf_counter() - started), 1)
