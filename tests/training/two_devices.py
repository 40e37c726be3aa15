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

from tests.training.test_run import TINY, invented  # noqa: E402 - the devices come first
from training.additions import features_to_learn  # noqa: E402
from training.deep.fit import train_deep  # noqa: E402
from training.fit import train  # noqa: E402
from training.heads import heads_of, labels_of  # noqa: E402

# 33 mails: the last batch of eight has but one, and a replica goes without.
EXAMPLES = [invented(number) for number in range(33)]
FEATURES, LABELS, MAILS = features_to_learn(EXAMPLES), labels_of(EXAMPLES, heads_of(EXAMPLES)), np.arange(33)
# Few steps: the deep stage learns at a rate that rises over a hundred of them.
LEARNING = replace(TINY, deep=replace(TINY.deep, epochs=12, batch_size=8, rate=1e-2))
WITHOUT_CHANCE = replace(
    LEARNING,
    dropout=0.0,
    token_dropout=0.0,
    courtesy=0.0,
    steering=0.0,
    deep=replace(LEARNING.deep, epochs=1, dropout=0.0, word_dropout=0.0),
)


def trained(config, strategy, *, epochs):
    """Return both stages."""
    fast = train(FEATURES, LABELS, MAILS, config, epochs=epochs, strategy=strategy)
    return fast, train_deep(FEATURES, LABELS, MAILS, fast.vocabulary, config, strategy=strategy)


def most_apart(one, other):
    """Return how far two models' weights are apart at most."""
    pairs = [(one.table, other.table), *((one.dense[name], other.dense[name]) for name in one.dense)]
    return max(float(np.abs(first - second).max()) for first, second in pairs)


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
