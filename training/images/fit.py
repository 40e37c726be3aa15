"""From labelled images to a calibrated model."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from training.calibration import fit_temperature, softmax
from training.images.backbone import Backbone
from training.images.config import ImageConfig
from training.images.examples import ImageSet
from training.images.learned import Learned
from training.images.scratch import epochs_of, learn_from_scratch
from training.images.transfer import learn_by_transfer
from training.splits import Fold


@dataclass(frozen=True, slots=True)
class Calibrated:
    """A model that is as sure as it is right.

    Attributes:
        learned: The model.
        temperature: Divisor of its logits.
        probabilities: Of the images held out, (images, classes).
    """

    learned: Learned
    temperature: float
    probabilities: np.ndarray


def fit(
    images: ImageSet, fold: Fold, backbone: Backbone, config: ImageConfig, after: Callable[[str], None] = lambda _: None
) -> Calibrated:
    """Learn from one side of the images, and calibrate on the other; `after` hears of each step of `steps_of`."""
    learn = learn_by_transfer if backbone.learned else learn_from_scratch
    learned = learn(images, fold.train, fold.test, backbone, config, after)
    temperature = fit_temperature(learned.logits, images.truth[fold.test])
    return Calibrated(learned, temperature, softmax(learned.logits / temperature))


def steps_of(backbone: Backbone, config: ImageConfig, images: int) -> int:
    """Return how many steps a training on so many images reports at most."""
    if not backbone.learned:
        return epochs_of(images, config)
    return config.views + 2 + (config.fine_epochs if backbone.top else 0)
