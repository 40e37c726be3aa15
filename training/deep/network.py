"""The network of the deep stage: words in order, each seeing its neighbours and then the whole mail.

A word's vector is the sum of the table's rows of the word, its concept and its class, and the scaled sum of its runs
of characters, so an unknown word is read by its parts. A convolution over three words, one layer of self-attention, and
for every head an attention of its own that picks what it needs; the largest unit over the mail and the mean of the
words' vectors stand beside it.

Source:
    Kim 2014, arXiv:1408.5882 (convolution over words); Vaswani et al. 2017, arXiv:1706.03762 (self-attention).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from training.config import DeepConfig
from training.heads import Heads

_FAR = -1e9  # added to the score of a place without a word

Weights = Mapping[str, tf.Tensor]  # name to weights, all but the table


class Placed(NamedTuple):
    """A batch of mails as `training.deep.batch.Sequences` has it, in tensors; `vectors` (distinct words, width)."""

    vectors: tf.Tensor
    words: tf.Tensor
    is_subject: tf.Tensor
    there: tf.Tensor


def initial_weights(config: DeepConfig, heads: Heads, seed: int) -> dict[str, tf.Variable]:
    """Return the weights apart from the table, drawn by the seed."""
    width, units = config.width, config.units
    shapes: dict[str, tuple[int, ...]] = {
        "subject": (2, width),
        "first/kernel": (3 * width, units),
        "first/bias": (units,),
    }
    shapes |= {f"attention/{name}": (units, units) for name in ("query", "key", "value", "output")}
    for head, labels in heads.items():
        shapes |= {
            f"{head}/pick": (units, 1),
            f"{head}/kernel": (2 * units + width, len(labels)),
            f"{head}/bias": (len(labels),),
        }
    draw = np.random.default_rng(seed)
    return {name: tf.Variable(_drawn(draw, shape), name=name) for name, shape in shapes.items()}


def word_vectors(table: tf.Tensor, entries: tf.Tensor, runs: tf.Tensor, word_of_run: tf.Tensor) -> tf.Tensor:
    """Return the vector of each distinct word: (distinct words, width).

    Args:
        table: (rows, width), row 0 zero.
        entries: int32 (distinct words, 3).
        runs: int32 rows of the words' runs of characters.
        word_of_run: int32, ascending, the distinct word of each run.
    """
    distinct = tf.shape(entries)[0]
    known = tf.math.unsorted_segment_sum(tf.cast(runs > 0, tf.float32), word_of_run, distinct)
    summed = tf.sparse.segment_sum(table, runs, word_of_run, num_segments=distinct)
    return tf.reduce_sum(tf.gather(table, entries), axis=1) + summed * tf.math.rsqrt(tf.maximum(known, 1.0))[:, None]


def deep_logits(
    placed: Placed, weights: Weights, heads: Heads, config: DeepConfig, *, learning: bool
) -> dict[str, tf.Tensor]:
    """Return logits per head, float32 (mails, labels of the head)."""
    there = placed.there[:, :, None]
    words = (tf.gather(placed.vectors, placed.words) + tf.gather(weights["subject"], placed.is_subject)) * there
    if learning:
        words = tf.nn.dropout(words, config.dropout)
        words *= tf.cast(tf.random.uniform(tf.shape(there)) >= config.word_dropout, tf.float32)
    seen = tf.nn.relu(_with_neighbours(words) @ weights["first/kernel"] + weights["first/bias"]) * there
    seen += _attended(seen, placed.there, weights, config)
    if learning:
        seen = tf.nn.dropout(seen, config.dropout)
    absent = (1.0 - there) * _FAR
    # A mail without a word has no largest unit; any bounded number will do.
    largest = tf.maximum(tf.reduce_max(seen + absent, axis=1), -10.0)
    count = tf.maximum(tf.reduce_sum(there, axis=1), 1.0)
    mean = tf.reduce_sum(words, axis=1) * tf.math.rsqrt(count)
    logits = {}
    for head in heads:
        share = tf.nn.softmax(seen @ weights[f"{head}/pick"] + absent, axis=1)
        picked = tf.reduce_sum(seen * share, axis=1)
        together = tf.concat([picked, largest, mean], axis=1)
        logits[head] = together @ weights[f"{head}/kernel"] + weights[f"{head}/bias"]
    return logits


def _with_neighbours(words: tf.Tensor) -> tf.Tensor:
    nothing = tf.zeros_like(words[:, :1])
    before, after = tf.concat([nothing, words[:, :-1]], axis=1), tf.concat([words[:, 1:], nothing], axis=1)
    return tf.concat([before, words, after], axis=2)


def _attended(seen: tf.Tensor, there: tf.Tensor, weights: Weights, config: DeepConfig) -> tf.Tensor:
    """Return one layer of self-attention: (mails, words, units)."""
    size = config.units // config.attention_heads

    def parted(name: str) -> tf.Tensor:
        shape = tf.shape(seen)
        flat = tf.reshape(seen @ weights[f"attention/{name}"], [shape[0], shape[1], config.attention_heads, size])
        return tf.transpose(flat, [0, 2, 1, 3])

    score = tf.matmul(parted("query"), parted("key"), transpose_b=True) * size**-0.5
    share = tf.nn.softmax(score + (1.0 - there)[:, None, None, :] * _FAR)
    mixed = tf.transpose(tf.matmul(share, parted("value")), [0, 2, 1, 3])
    return tf.reshape(mixed, tf.shape(seen)) @ weights["attention/output"]


def _drawn(draw: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    if len(shape) == 1:
        return np.zeros(shape, np.float32)
    return np.asarray(shape[0] ** -0.5 * draw.standard_normal(shape), np.float32)
