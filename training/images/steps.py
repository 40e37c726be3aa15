"""Steps of learning: batches of images, changed by chance, and what a model answers."""

from collections.abc import Callable, Iterator, Sequence

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.images.augment import PRESETS, changed
from training.images.config import ImageConfig
from training.images.examples import Pixels, Places

_ASKED = 64  # images that are answered at once

Floats = npt.NDArray[np.float32]


class Steps:
    """Learns some variables of a model, batch by batch.

    Args:
        model: Pixels to logits.
        variables: Those that learn.
        class_weights: (classes,), how much an image of each class counts.
        config: Of the run.
        rate: Highest learning rate.
        from_scratch: Normalisations learn, squares are hidden, and all weights are averaged over the steps.
    """

    def __init__(
        self,
        model: keras.Model,
        variables: Sequence[keras.Variable],
        class_weights: Floats,
        config: ImageConfig,
        *,
        rate: float,
        from_scratch: bool,
    ) -> None:
        self._model, self._variables, self._config = model, list(variables), config
        self._class_weights = tf.constant(class_weights)
        self._changes, self._rate, self._from_scratch = PRESETS[config.preset], rate, from_scratch
        self._optimizer = keras.optimizers.AdamW(rate, weight_decay=config.decay, clipnorm=5.0)
        self._optimizer.exclude_from_weight_decay(var_names=["bias", "gamma", "beta"])
        self._optimizer.build(self._variables)
        self._average = [tf.Variable(one.value) for one in model.weights] if from_scratch else []
        self._taken = 0
        self._compiled = tf.function(self._step, autograph=False)

    def take(self, pixels: Pixels, truth: Places, share_of_rate: float) -> float:
        """Take a step; return its loss."""
        self._taken += 1
        self._optimizer.learning_rate.assign(self._rate * share_of_rate)
        decay = min(0.995, self._taken / (self._taken + 9))
        loss = self._compiled(tf.constant(pixels), tf.constant(truth), tf.constant(decay, tf.float32))
        return float(loss)

    def settle(self) -> None:
        """Give the model the averages of its weights."""
        for one, average in zip(self._model.weights, self._average, strict=False):
            one.assign(average)

    def _step(self, pixels: tf.Tensor, truth: tf.Tensor, decay: tf.Tensor) -> tf.Tensor:
        classes = int(self._class_weights.shape[0])
        wanted = tf.one_hot(truth, classes)
        smoothing = self._config.label_smoothing
        wanted = (1.0 - smoothing) * wanted + smoothing / classes
        seen = changed(tf.cast(pixels, tf.float32), self._changes, hide=self._from_scratch)
        if self._config.mixup:
            seen, wanted = _mixed(seen, wanted, self._config.mixup)
        counts = tf.reduce_sum(wanted * self._class_weights, axis=1)
        values = [one.value for one in self._variables]
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            for value in values:
                tape.watch(value)
            logits = self._model(seen, training=True)
            losses = tf.nn.softmax_cross_entropy_with_logits(wanted, logits)
            loss = tf.reduce_sum(losses * counts) / tf.reduce_sum(counts)
        self._optimizer.apply_gradients(zip(tape.gradient(loss, values), self._variables, strict=True))
        for one, average in zip(self._model.weights, self._average, strict=False):
            average.assign(decay * average + (1.0 - decay) * tf.cast(one.value, average.dtype))
        return loss


def class_weights(truth: Places, classes: int, power: float) -> Floats:
    """Return how much an image of each class counts: its rarity to a power, 1 on average over the images."""
    counts = np.maximum(np.bincount(truth, minlength=classes), 1)
    weights = (len(truth) / (classes * counts)) ** power
    return np.asarray(weights / np.mean(weights[truth]), np.float32)


def batch_size(images: int, config: ImageConfig) -> int:
    """Return how many images a step has: fewer where there are few, so that there are some steps."""
    return min(config.batch_size, max(8, images // 8))


def batches(places: Places, size: int, draw: np.random.Generator) -> Iterator[Places]:
    """Deal places in a new order into batches of one size; some of the first are in the last again."""
    order = draw.permutation(places)
    order = np.resize(order, -(-len(order) // size) * size)
    yield from order.reshape(-1, size)


def answers(model: keras.Model) -> Callable[[Pixels], Floats]:
    """Return what asks a model about uint8 pixels, some at a time."""
    compiled = tf.function(lambda pixels: model(tf.cast(pixels, tf.float32), training=False), autograph=False)

    def asked(pixels: Pixels) -> Floats:
        found = []
        for start in range(0, len(pixels), _ASKED):
            some = pixels[start : start + _ASKED]
            padded = np.resize(some, (_ASKED, *some.shape[1:])) if len(some) < _ASKED else some
            found.append(compiled(tf.constant(padded)).numpy()[: len(some)])
        return np.concatenate(found)

    return asked


def _mixed(pixels: tf.Tensor, wanted: tf.Tensor, strength: float) -> tuple[tf.Tensor, tf.Tensor]:
    """Mix each image with the one before it in the batch.

    Source:
        Zhang et al. 2018, "mixup", arXiv:1710.09412.
    """
    count = tf.shape(pixels)[0]
    one, other = (tf.random.gamma([count], strength) for _ in range(2))
    share = tf.maximum(one, other) / tf.maximum(one + other, 1e-9)
    mixed = share[:, None, None, None] * pixels + (1.0 - share)[:, None, None, None] * tf.roll(pixels, 1, 0)
    return mixed, share[:, None] * wanted + (1.0 - share)[:, None] * tf.roll(wanted, 1, 0)
