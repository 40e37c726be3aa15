"""Both stages as one TensorFlow program: what a bundle with a deep stage holds."""

from collections.abc import Mapping
from dataclasses import dataclass

import tensorflow as tf

from training.concepts import rows_of_distinct
from training.config import RunConfig
from training.deep.cascade import Cascade
from training.deep.fit import DeepWeights
from training.deep.network import Placed, deep_logits, word_vectors
from training.fit import Weights
from training.graph import TEXTS, ReadingGraph, quantised
from training.heads import Heads
from training.languages import LANGUAGES
from training.ngrams import Ngrams, ngrams


@dataclass(frozen=True, slots=True)
class DeepStage:
    """A trained deep stage and how far it is believed."""

    weights: DeepWeights
    cascade: Cascade


class TwoStageGraph(ReadingGraph):
    """`ReadingGraph` with `deepen`, which asks both stages."""

    def __init__(
        self, weights: Weights, temperatures: Mapping[str, float], config: RunConfig, heads: Heads, deep: DeepStage
    ) -> None:
        super().__init__(weights, temperatures, config, heads)
        self._cascade = deep.cascade
        bytes_, scales = quantised(deep.weights.table)
        self._deep_bytes = tf.Variable(bytes_, trainable=False)
        self._deep_scales = tf.Variable(scales, trainable=False)
        self._deep_dense = {name.replace("/", "_"): tf.Variable(value) for name, value in deep.weights.dense.items()}
        self._deep_names = {name: name.replace("/", "_") for name in deep.weights.dense}
        shape = tf.TensorShape([None, config.deep.width])
        self._deep_table = tf.Variable(tf.zeros([0, config.deep.width]), shape=shape, trainable=False)

    @tf.function(input_signature=TEXTS, autograph=False)  # type: ignore[untyped-decorator]
    def deepen(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return what both stages believe together, as `serve` returns what the fast one does."""
        found = ngrams(subject, body)
        mails = tf.size(subject)
        logits = self._logits(self._pooled(found, self._of_distinct(found), mails))
        logits = self._doubted(logits, found, mails)
        language = tf.one_hot(tf.argmax(logits["language"], axis=1), len(LANGUAGES))
        said = deep_logits(
            self._placed(found, mails), self._deep_weights(), self._deep_heads(), self._config.deep, learning=False
        )
        for head, own in said.items():
            # In a language that neither stage has learned the fast one is believed alone.
            shares = [self._cascade.shares[head].get(str(name), 0.0) for name in LANGUAGES]
            share = tf.reduce_sum(language * tf.constant(shares, tf.float32), axis=1, keepdims=True)
            fast = tf.nn.log_softmax(logits[head])
            deep = tf.nn.log_softmax(own / self._cascade.deep_temperatures[head])
            mixed = ((1.0 - share) * fast + share * deep) / self._cascade.temperatures[head]
            logits[head] = tf.where(share > 0.0, mixed, fast)
        return {head: tf.nn.softmax(value) for head, value in logits.items()}

    def _expand(self) -> None:
        super()._expand()
        self._deep_table.assign(tf.cast(self._deep_bytes, tf.float32) * self._deep_scales[:, None])

    def _deep_weights(self) -> dict[str, tf.Tensor]:
        return {name: self._deep_dense[stored] for name, stored in self._deep_names.items()}

    def _deep_heads(self) -> Heads:
        return {head: names for head, names in self._heads.items() if head != "language"}

    def _placed(self, found: Ngrams, mails: tf.Tensor) -> Placed:
        """Put the words of each mail in a row, its subject first."""
        entries = tf.gather(self._row_of_bucket, rows_of_distinct(found, self._tables()))
        entries = tf.concat([entries, tf.zeros([1, 3], tf.int32)], axis=0)  # what a place without a word points at
        runs = tf.concat([bucket for bucket, _ in found.runs], axis=0)
        owner = tf.concat([word for _, word in found.runs], axis=0)
        order = tf.argsort(owner, stable=True)
        rows = tf.gather(self._row_of_bucket, tf.gather(runs, order))
        vectors = word_vectors(self._deep_table, entries, rows, tf.cast(tf.gather(owner, order), tf.int32))
        count = tf.size(found.words)
        mail = tf.gather(found.mail, found.sentence_of_word)
        by_mail = tf.argsort(mail, stable=True)
        places = tf.RaggedTensor.from_value_rowids(
            by_mail, tf.gather(mail, by_mail), tf.cast(mails, tf.int64), validate=False
        )
        places = places[:, : self._config.deep.longest].to_tensor(default_value=-1)
        there = tf.cast(places >= 0, tf.float32)
        word = tf.concat([found.distinct_of_word, tf.size(found.distinct, tf.int32)[None]], axis=0)
        subject = tf.cast(tf.gather(found.is_subject, found.sentence_of_word), tf.int32)
        subject = tf.concat([subject, [0]], axis=0)
        at = tf.where(places >= 0, places, count)
        return Placed(vectors, tf.gather(word, at), tf.gather(subject, at), there)
