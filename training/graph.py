"""A trained model as one TensorFlow program: strings in, calibrated probabilities out.

On disk the table is int8, a quarter of its size, with a scale per row and member. `prepare`, called once after loading,
expands it to float32 with n-gram weights multiplied in, because the fused gather-and-sum that makes reading fast takes
no less.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.architecture import Pooled, attention_columns, by_head, mean_logits, member_logits
from training.config import RunConfig
from training.fit import Weights
from training.languages import language_odds
from training.ngrams import CHARACTER_BUCKETS, WORD_BUCKETS, Ngrams, ngrams


class ReadingGraph(tf.Module):  # type: ignore[misc]
    """The program that a bundle holds: `prepare` once, then `serve`."""

    def __init__(self, weights: Weights, temperatures: Mapping[str, float], config: RunConfig) -> None:
        super().__init__()
        vocabulary = weights.vocabulary
        self._config, self._temperatures = config, dict(temperatures)
        self._buckets = tf.Variable(vocabulary.buckets, trainable=False)
        self._ngram_weights = tf.Variable(vocabulary.weights, trainable=False)
        members = np.split(weights.table, attention_columns(config), axis=1)
        self._bytes = [tf.Variable(_quantised(member)[0], trainable=False) for member in members]
        self._scales = [tf.Variable(_quantised(member)[1], trainable=False) for member in members]
        self._dense = {name.replace("/", "_"): tf.Variable(value) for name, value in weights.dense.items()}
        self._names = {name: name.replace("/", "_") for name in weights.dense}
        columns = weights.table.shape[1] + 1
        # Empty on disk; `prepare` fills them.
        self._table = tf.Variable(tf.zeros([0, columns]), shape=tf.TensorShape([None, columns]), trainable=False)
        self._row_of_bucket = tf.Variable(tf.zeros([0], tf.int32), shape=tf.TensorShape([None]), trainable=False)

    @tf.function(  # type: ignore[untyped-decorator]
        input_signature=[tf.TensorSpec([None], tf.string, "subject"), tf.TensorSpec([None], tf.string, "body")],
        autograph=False,
    )
    def serve(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return probabilities per head, float32 (mails, labels of the head)."""
        found = ngrams(subject, body)
        mails = tf.size(subject)
        rows = [(tf.gather(self._row_of_bucket, buckets), sentence) for buckets, sentence in found.groups]
        pooled = self._pooled(rows, found, mails)
        dense = {name: self._dense[stored] for name, stored in self._names.items()}
        logits = by_head(mean_logits(member_logits(pooled, dense, self._config)))
        logits = {head: value / self._temperatures[head] for head, value in logits.items()}
        logits["language"] = language_odds(logits["language"], found, mails)
        return {head: tf.nn.softmax(value) for head, value in logits.items()}

    @tf.function(input_signature=[], autograph=False)  # type: ignore[untyped-decorator]
    def prepare(self) -> None:
        """Expand the table; without it nothing can be read."""
        parts = [tf.cast(b, tf.float32) * s[:, None] for b, s in zip(self._bytes, self._scales, strict=True)]
        weight = self._ngram_weights[:, None]
        self._table.assign(tf.concat([*[part * weight for part in parts], weight * weight], axis=1))
        places = tf.range(1, tf.size(self._buckets) + 1)
        size = [WORD_BUCKETS + CHARACTER_BUCKETS]
        self._row_of_bucket.assign(tf.scatter_nd(self._buckets[:, None], places, size))

    def _pooled(self, rows: list[tuple[tf.Tensor, tf.Tensor]], found: Ngrams, mails: tf.Tensor) -> Pooled:
        # One call per kind: the fused sum wants sentences ascending, and they are so only within a kind.
        sums = [
            tf.sparse.segment_sum(self._table, row, sentence, num_segments=tf.size(found.mail))
            for row, sentence in rows
        ]
        is_subject = tf.cast(found.is_subject, tf.float32)
        return Pooled(tf.add_n(sums[:2]), tf.add_n(sums[2:]), found.mail, is_subject, mails)


def _quantised(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return bytes and the scale per row that turns them back."""
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127.0
    return np.round(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)
