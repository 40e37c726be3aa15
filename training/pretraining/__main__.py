"""Make the backbone of our own: `python -m training.pretraining`, most of an hour of one core.

It learns to say of a crop what a network trained on ImageNet says of it (`teacher.py`), so it comes to tell things that
none of our few images is labelled with. The teacher's features are turned to their main axes, and an axis counts by the
square root of what it varies.
"""

import argparse
import time
from collections.abc import Sequence
from pathlib import Path

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.images.backbone import OWN_WEIGHTS, save_own
from training.images.network import own_features
from training.kinds.collection import public_data
from training.pretraining.crops import Pixels, crops
from training.pretraining.teacher import FILE, Features, load_teacher
from training.progress import Progress

_AXES = 256
_HIDDEN = 512
_SEEN, _STORED = 96, 104  # pixels: the student sees a moved part of what is stored
_RATE, _DECAY, _WARM = 2e-3, 1e-2, 200
_BATCH = 64
_MOST_FOR_AXES = 6000  # crops that the axes are computed from


def pretrain(pixels: Pixels, taught: Features, *, epochs: int, seed: int) -> keras.Model:
    """Return our network after it has learned what the teacher says of crops.

    Args:
        pixels: uint8 (crops, 128, 128, 3).
        taught: (crops, features) of the teacher.
        epochs: Times every crop is shown.
        seed: Of the start and of the order.
    """
    keras.utils.set_random_seed(seed)
    targets = on_main_axes(taught)
    network = own_features(_SEEN)
    head = keras.Sequential(
        [
            keras.Input((network.output_shape[-1],)),
            keras.layers.Dense(_HIDDEN, "relu"),
            keras.layers.Dense(targets.shape[1]),
        ]
    )
    steps = epochs * (len(pixels) // _BATCH)
    rate = keras.optimizers.schedules.CosineDecay(0.0, steps, warmup_target=_RATE, warmup_steps=min(_WARM, steps))
    variables = [*network.trainable_variables, *head.trainable_variables]
    optimizer = keras.optimizers.AdamW(rate, weight_decay=_DECAY)
    optimizer.build(variables)

    def step(given: tf.Tensor, wanted: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            pooled = tf.reduce_mean(network(_changed(given), training=True), [1, 2])
            loss = tf.reduce_mean(tf.square(head(pooled, training=True) - wanted))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables, strict=True))
        return loss

    compiled, draw, progress = tf.function(step, autograph=False), np.random.default_rng(seed), Progress(epochs)
    for _ in range(epochs):
        order = draw.permutation(len(pixels))[: len(pixels) // _BATCH * _BATCH].reshape(-1, _BATCH)
        losses = [float(compiled(tf.constant(pixels[some]), tf.constant(targets[some]))) for some in order]
        progress.step(f"loss {np.mean(losses):.3f}")
    return network


def on_main_axes(taught: Features) -> npt.NDArray[np.float32]:
    """Return features along their main axes, half whitened, with a standard deviation of 1 over all."""
    centred = taught - taught.mean(axis=0)
    some = centred[:: max(1, len(centred) // _MOST_FOR_AXES)]
    _, spread, axes = np.linalg.svd(some, full_matrices=False)
    turned = centred @ (axes[:_AXES].T / np.sqrt(spread[:_AXES] / np.sqrt(len(some)) + 1e-6))
    return np.asarray(turned / turned.std(), np.float32)


def _changed(pixels: tf.Tensor) -> tf.Tensor:
    """Move, light and grain a little: the teacher would say the same."""
    given = tf.image.resize(tf.cast(pixels, tf.float32), [_STORED, _STORED])
    count = tf.shape(given)[0]
    colour = tf.random.uniform([count, 1, 1, 3], 0.85, 1.15) * tf.random.uniform([count, 1, 1, 1], 0.8, 1.2)
    given = (given - 128.0) * colour + 128.0 + tf.random.uniform([count, 1, 1, 1], -20.0, 20.0)
    moved = tf.image.random_crop(given, [count, _SEEN, _SEEN, 3])
    return tf.clip_by_value(moved + tf.random.normal(tf.shape(moved), 0.0, 3.0), 0.0, 255.0)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run the tool."""
    parser = argparse.ArgumentParser(prog="python -m training.pretraining", description=__doc__)
    parser.add_argument("--teacher", type=Path, default=public_data() / FILE)
    parser.add_argument("--output", type=Path, default=OWN_WEIGHTS)
    parser.add_argument("--epochs", type=int, default=14)
    parser.add_argument("--seed", type=int, default=1)
    told = parser.parse_args(arguments)
    ask, started = load_teacher(told.teacher), time.monotonic()
    pairs = [(small, ask(large)) for small, large in crops(told.seed)]
    pixels, taught = np.stack([small for small, _ in pairs]), np.stack([features for _, features in pairs])
    print(f"{len(pixels):,} crops after {time.monotonic() - started:.0f} s")  # noqa: T201 - a tool that people run
    save_own(pretrain(pixels, taught, epochs=told.epochs, seed=told.seed), told.output)


if __name__ == "__main__":
    main()
