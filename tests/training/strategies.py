"""What programs that train with several devices or hosts have in common: invented mails, and both stages learned."""

from dataclasses import replace

import numpy as np

from tests.training.make import TINY
from tests.training.test_run import invented
from training.additions import features_to_learn
from training.deep.fit import train_deep
from training.fit import train
from training.heads import heads_of, labels_of

# 33 mails: the last batch of eight has but one, and a replica goes without.
EXAMPLES = [invented(number) for number in range(33)]
FEATURES, LABELS, MAILS = features_to_learn(EXAMPLES), labels_of(EXAMPLES, heads_of(EXAMPLES)), np.arange(33)
WITHOUT_CHANCE = replace(
    TINY,
    dropout=0.0,
    token_dropout=0.0,
    courtesy=0.0,
    steering=0.0,
    deep=replace(TINY.deep, epochs=1, batch_size=8, rate=1e-2, dropout=0.0, word_dropout=0.0),
)


def trained(config, strategy, *, epochs):
    """Return both stages."""
    fast = train(FEATURES, LABELS, MAILS, config, epochs=epochs, strategy=strategy)
    return fast, train_deep(FEATURES, LABELS, MAILS, fast.vocabulary, config, strategy=strategy)


def most_apart(one, other):
    """Return how far two models' weights are apart at most."""
    pairs = [(one.table, other.table), *((one.dense[name], other.dense[name]) for name in one.dense)]
    return max(float(np.abs(first - second).max()) for first, second in pairs)
