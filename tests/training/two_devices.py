"""Trains on invented mails with two devices, with one and with none, and prints what came of it as JSON.

A program of its own, for TensorFlow must be told of two CPUs before it starts.
"""

import json
from dataclasses import replace

import numpy as np
import tensorflow as tf

tf.config.set_logical_device_configuration(
    tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * 2
)

from tests.training.make import TINY  # noqa: E402 - the devices come first
from tests.training.strategies import LABELS, MAILS, WITHOUT_CHANCE, most_apart, trained  # noqa: E402

# Few steps: the deep stage learns at a rate that rises over a hundred of them.
LEARNING = replace(TINY, deep=replace(TINY.deep, epochs=12, batch_size=8, rate=1e-2))


def copies_apart(trainer, strategy):
    """Return how far the copies of a model's variables are apart at most."""
    variables = [trainer.table, *trainer.dense.values(), *getattr(trainer, "squares", [])]
    copies = [strategy.experimental_local_results(variable) for variable in variables]
    assert all(len(of_one) == 2 for of_one in copies)
    return max(float(np.abs(first.numpy() - second.numpy()).max()) for first, second in copies)


def right(trainer):
    """Return the share of mails whose topic is read rightly."""
    return float(np.mean(trainer.logits(MAILS)["topic"].argmax(axis=1) == LABELS["topic"]))


def main():
    """Train, and print one line."""
    tf.config.experimental.enable_op_determinism()
    two, one = tf.distribute.MirroredStrategy(["CPU:0", "CPU:1"]), tf.distribute.MirroredStrategy(["CPU:0"])
    learned = trained(LEARNING, two, epochs=3)
    plain, single, dealt = (trained(WITHOUT_CHANCE, strategy, epochs=1) for strategy in (None, one, two))
    said = {
        "copies_apart": [copies_apart(stage, two) for stage in learned],
        "right": [right(stage) for stage in learned],
        "one_from_none": [most_apart(*(stage.weights() for stage in pair)) for pair in zip(plain, single, strict=True)],
        "two_from_none": [most_apart(*(stage.weights() for stage in pair)) for pair in zip(plain, dealt, strict=True)],
        "unknown_row": [float(np.abs(stage.weights().table[0]).max()) for stage in learned],
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
