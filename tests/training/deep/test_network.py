"""The network reads words in order, and reads a mail alike whatever it is batched with."""

import numpy as np
import pytest
import tensorflow as tf

from tests.training.make import TINY
from training.deep.network import Placed, deep_logits, initial_weights, word_vectors
from training.heads import MAIL_HEADS

CONFIG = TINY.deep
HEADS = {head: MAIL_HEADS[head] for head in ("topic", "urgency")}
VECTORS = np.random.default_rng(3).standard_normal((9, CONFIG.width)).astype(np.float32)


@pytest.fixture(scope="module")
def weights():
    """Weights that nothing was learned with."""
    return initial_weights(CONFIG, HEADS, seed=7)


def placed(*mails, length=0, subject_words=0):
    """Put words, given by number, in rows that are padded to at least some length."""
    length = max([length, 1, *map(len, mails)])
    words, there = np.zeros((len(mails), length), np.int32), np.zeros((len(mails), length), np.float32)
    for row, mail in enumerate(mails):
        words[row, : len(mail)], there[row, : len(mail)] = mail, 1.0
    is_subject = np.zeros_like(words)
    is_subject[:, :subject_words] = 1
    return Placed(tf.constant(VECTORS), tf.constant(words), tf.constant(is_subject), tf.constant(there))


def logits(batch, weights, *, learning=False):
    """Return the logits of all heads side by side."""
    read = deep_logits(batch, weights, HEADS, CONFIG, learning=learning)
    return np.concatenate([read[head].numpy() for head in HEADS], axis=1)


def test_padding_changes_no_reading(weights):
    """A short mail beside a long one, or with a hundred empty places, reads as it does alone."""
    alone = logits(placed([1, 2, 3]), weights)

    assert logits(placed([1, 2, 3], [4, 5, 6, 7, 8, 1, 2]), weights)[:1] == pytest.approx(alone, abs=1e-5)
    assert logits(placed([1, 2, 3], length=103), weights) == pytest.approx(alone, abs=1e-5)


def test_order_changes_the_reading(weights):
    """The same words in another order are another mail."""
    one, other = logits(placed([1, 2, 3, 4], [4, 2, 1, 3]), weights)

    assert np.abs(one - other).max() > 1e-3


def test_a_word_means_another_thing_in_the_subject(weights):
    """Only where it stands differs."""
    assert np.abs(logits(placed([1, 2], subject_words=1), weights) - logits(placed([1, 2]), weights)).max() > 1e-3


@pytest.mark.parametrize("learning", [False, True])
def test_a_mail_without_words_has_finite_logits(weights, learning):
    """In training and out of it, alone and beside another."""
    for batch in (placed([]), placed([], [1, 2])):
        assert np.isfinite(logits(batch, weights, learning=learning)).all()


def test_only_learning_leaves_things_out(weights):
    """Reading twice gives the same; learning twice does not."""
    batch = placed([1, 2, 3, 4, 5])

    assert np.array_equal(logits(batch, weights), logits(batch, weights))
    assert not np.array_equal(logits(batch, weights, learning=True), logits(batch, weights, learning=True))


def test_every_weight_is_learned(weights):
    """None of them is left out of the logits of a mail."""
    variables = list(weights.values())
    with tf.GradientTape() as tape:
        read = deep_logits(placed([1, 2, 3], subject_words=1), weights, HEADS, CONFIG, learning=False)
        total = tf.add_n([tf.reduce_sum(tf.nn.log_softmax(value)[:, 0]) for value in read.values()])
    slopes = dict(zip(weights, tape.gradient(total, variables), strict=True))

    assert [
        name for name, slope in slopes.items() if slope is None or not np.abs(tf.convert_to_tensor(slope)).max()
    ] == []


def test_a_seed_repeats_its_weights(weights):
    """The same seed draws the same start."""
    again = initial_weights(CONFIG, HEADS, seed=7)

    assert all(np.array_equal(weights[name], again[name]) for name in weights)


def test_a_words_vector_is_its_rows_and_the_scaled_sum_of_its_known_runs():
    """Two known runs count over the root of two; a run without a row, and a word without any, add nothing."""
    table = tf.constant([[0.0], [1.0], [10.0], [100.0], [4.0]])
    entries = tf.constant([[1, 2, 3], [0, 0, 0], [0, 0, 0], [1, 0, 0]])

    vectors = word_vectors(table, entries, tf.constant([4, 0, 4, 4, 0]), tf.constant([0, 0, 1, 1, 2]))

    assert vectors.numpy()[:, 0] == pytest.approx([115.0, 8.0 / 2.0**0.5, 0.0, 1.0])
