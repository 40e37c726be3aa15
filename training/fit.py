"""Training proper: a step touches only the rows of the table that its mails contain."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, fields

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.architecture import (
    Pooled,
    by_head,
    initial_dense,
    mean_logits,
    member_logits,
    table_columns,
)
from training.config import RunConfig
from training.courtesy import draw_courtesies
from training.distribute import put, replicas_of
from training.features import UNKNOWN_ROW, Batch, Features, Integers, Vocabulary, batch_of, learn_vocabulary, rows_of
from training.heads import Labels, Matrices, size_of
from training.objective import class_weights, masked_loss
from training.steering import draw_commands

# Rows start near zero and grow with what they learn; the linear member starts at nothing.
_INITIAL_SPREAD = 0.1
# Gradients of a row are tiny (a mail has a thousand n-grams); scaling them keeps Adagrad's sums in range.
_GRADIENT_SCALE = 100.0


@dataclass(frozen=True, slots=True)
class Weights:
    """A trained model: `table` is float32 (rows, columns), row 0 zero, not yet multiplied by the n-grams' weights."""

    vocabulary: Vocabulary
    table: npt.NDArray[np.float32]
    dense: Mapping[str, npt.NDArray[np.float32]]


class Trainer:
    """A model in training on some mails of a set of features; with weights to `begin` with, it goes on from them."""

    def __init__(
        self,
        features: Features,
        labels: Labels,
        mails: Integers,
        config: RunConfig,
        strategy: tf.distribute.Strategy | None = None,
        begin: Weights | None = None,
    ) -> None:
        self.features, self.labels, self.mails, self.config = features, labels, mails, config
        self.vocabulary = begin.vocabulary if begin else learn_vocabulary(features, mails, config)
        self.rows = rows_of(features, self.vocabulary)
        self.draw = np.random.default_rng(config.seed)
        tf.random.set_seed(config.seed)
        size = (len(self.vocabulary.weights), table_columns(config, labels.heads))
        start = begin.table if begin else self._initial_table(size)
        self.replicas = replicas_of(strategy)
        with self.replicas.strategy.scope() if self.replicas else nullcontext():
            self.table = tf.Variable(start)
            # One running sum per member, so that neither slows the other down.
            self.squares = [tf.Variable(tf.fill([size[0]], 1e-4)) for _ in range(config.attention_members + 1)]
            dense = begin.dense.items() if begin else ()
            self.dense = {name: tf.Variable(value, name=name) for name, value in dense} or initial_dense(
                config, labels.heads
            )
            self.optimizer = keras.optimizers.Adam(config.dense_rate)
            self.optimizer.build(list(self.dense.values()))
        self.class_weights = class_weights(labels.of(mails), config.class_weight_power)
        columns = [tf.TensorSpec([None], tf.int32)] * len(labels.heads)
        inputs = [*_BATCH_INPUTS, *columns, tf.TensorSpec([], tf.float32)]
        if self.replicas:
            self.step = self.replicas.function(self._step, [*inputs, tf.TensorSpec([], tf.float32)])
        else:
            self.step = tf.function(self._step, input_signature=inputs, autograph=False)
        self.infer = tf.function(
            self._infer, input_signature=[*_BATCH_INPUTS, tf.TensorSpec([], tf.int32)], autograph=False
        )
        self.steps_done = self.epochs_done = 0

    def _initial_table(self, size: tuple[int, int]) -> npt.NDArray[np.float32]:
        start = self.draw.uniform(-_INITIAL_SPREAD, _INITIAL_SPREAD, size).astype(np.float32)
        start[UNKNOWN_ROW], start[:, -size_of(self.labels.heads) :] = 0.0, 0.0
        return start

    def epoch(self) -> None:
        """Show every mail once, in an order drawn anew."""
        order = self.draw.permutation(self.mails)
        size = self.config.batch_size
        for start in range(0, len(order), size):
            mails = order[start : start + size]
            courtesies = draw_courtesies(self.features.courtesies, mails, self.config.courtesy, self.draw)
            commands = draw_commands(self.features.commands, len(mails), self.config.steering, self.draw)
            added = np.concatenate([courtesies, commands], axis=1)
            rate = np.float32(self._rate_left())
            if self.replicas:
                dealt = self.replicas.deal(len(mails))
                parts = [(*self._inputs(mails[part], added[part]), rate, share) for part, share in dealt]
                self.step(*itertools.chain(*parts))
            else:
                self.step(*self._inputs(mails, added), rate)
            self.steps_done += 1
        self.epochs_done += 1

    def logits(self, mails: Integers, *, chunk: int = 128) -> Matrices:
        """Return the averaged logits of mails, head by head."""
        parts = []
        for start in range(0, len(mails), chunk):
            some = mails[start : start + chunk]
            batch = batch_of(self.features, self.rows, some, None)
            parts.append(self.infer(*_tensors(batch), len(some)).numpy())
        together = np.concatenate(parts)
        edges = np.cumsum([len(names) for names in self.labels.heads.values()])[:-1]
        return dict(zip(self.labels, np.split(together, edges, axis=1), strict=True))

    def weights(self) -> Weights:
        """Return what was learned so far."""
        return Weights(self.vocabulary, self.table.numpy(), {name: value.numpy() for name, value in self.dense.items()})

    def _inputs(self, mails: Integers, added: Integers) -> list[tf.Tensor]:
        batch = batch_of(self.features, self.rows, mails, self._keep, added)
        return [*_tensors(batch), *[tf.constant(self.labels[head][mails]) for head in self.labels]]

    def _keep(self, size: int) -> npt.NDArray[np.bool_]:
        return np.asarray(self.draw.random(size) >= self.config.token_dropout)

    def _rate_left(self) -> float:
        steps = self.config.epochs * -(-len(self.mails) // self.config.batch_size)
        return 1.0 - 0.95 * self.steps_done / steps

    def _step(self, *inputs: tf.Tensor) -> None:
        """Learn from one batch: the arrays of `Batch`, a column per head, and what is left of the rate.

        A replica's share of the batch that was dealt comes last.
        """
        batch, told = Batch(*inputs[: len(_BATCH_INPUTS)]), inputs[len(_BATCH_INPUTS) :]
        columns, (rate, *share) = told[: len(self.labels.heads)], told[len(self.labels.heads) :]
        used, place = tf.unique(tf.concat([batch.grams, batch.concepts, batch.runs], axis=0))
        vectors = tf.gather(self.table, used)
        dense = list(self.dense.values())
        with tf.GradientTape() as tape:
            tape.watch(vectors)
            pooled = self._pooled(vectors, used, place, batch, tf.size(columns[0]))
            members = member_logits(pooled, self.dense, self.config, self.config.dropout)
            truth = dict(zip(self.labels, columns, strict=True))
            loss = tf.add_n([self._loss(member, truth) for member in members])
            if self.replicas:
                loss *= share[0]
        slope, *slopes = tape.gradient(loss, [vectors, *dense])
        slope = tf.convert_to_tensor(slope) * _GRADIENT_SCALE
        if self.replicas:
            used, slope = self.replicas.summed_by_row(used, slope)
            vectors = tf.gather(self.table, used)
        self._update_rows(used, vectors, slope, rate)
        self.optimizer.learning_rate.assign(self.config.dense_rate * rate)
        # Among replicas the optimizer itself sums the gradients.
        self.optimizer.apply_gradients(zip(slopes, dense, strict=True))

    def _loss(self, logits: tf.Tensor, truth: Mapping[str, tf.Tensor]) -> tf.Tensor:
        heads = by_head(logits, self.labels.heads)
        return masked_loss(heads, truth, self.class_weights, self.config.label_smoothing)

    def _update_rows(self, used: tf.Tensor, vectors: tf.Tensor, slope: tf.Tensor, rate: tf.Tensor) -> None:
        """Move the used rows by row-wise Adagrad, damped: rare n-grams must not learn as fast as common ones."""
        moves = []
        write = self.replicas.put if self.replicas else put
        rates = [self.config.table_rate] * self.config.attention_members + [self.config.linear_rate]
        parts = tf.split(
            slope, [self.config.width] * self.config.attention_members + [size_of(self.labels.heads)], axis=1
        )
        for squares, part, member_rate in zip(self.squares, parts, rates, strict=True):
            grown = tf.gather(squares, used) + tf.reduce_mean(part * part, axis=1)
            write(squares, used, grown)
            moves.append(member_rate * part * tf.pow(grown, -self.config.damping)[:, None])
        move = rate * tf.concat(moves, axis=1)
        write(self.table, used, vectors - move)

    def _infer(self, *inputs: tf.Tensor) -> tf.Tensor:
        """Return the averaged logits of one batch: the arrays of `Batch`, and the number of its mails."""
        *arrays, mails = inputs
        batch = Batch(*arrays)
        used, place = tf.unique(tf.concat([batch.grams, batch.concepts, batch.runs], axis=0))
        pooled = self._pooled(tf.gather(self.table, used), used, place, batch, mails)
        return mean_logits(member_logits(pooled, self.dense, self.config))

    def _pooled(self, vectors: tf.Tensor, used: tf.Tensor, place: tf.Tensor, batch: Batch, mails: tf.Tensor) -> Pooled:
        weight = tf.gather(self.vocabulary.weights, used)[:, None]
        weighted = tf.concat([vectors * weight, weight * weight], axis=1)
        gram, concept, run = tf.split(place, [tf.size(batch.grams), tf.size(batch.concepts), tf.size(batch.runs)])
        sentences = tf.size(batch.mail)
        distinct = tf.reduce_max(tf.concat([batch.words, [0]], axis=0)) + 1
        of_word = tf.sparse.segment_sum(weighted, run, batch.word_of_run, num_segments=distinct)
        return Pooled(
            words=tf.sparse.segment_sum(weighted, gram, batch.sentence_of_gram, num_segments=sentences),
            runs=tf.sparse.segment_sum(of_word, batch.words, batch.sentence_of_word, num_segments=sentences),
            concepts=tf.sparse.segment_sum(weighted, concept, batch.sentence_of_concept, num_segments=sentences),
            mail=batch.mail,
            is_subject=batch.is_subject,
            mails=mails,
        )


def train(
    features: Features,
    labels: Labels,
    mails: Integers,
    config: RunConfig,
    *,
    epochs: int,
    after_epoch: Callable[[Trainer], None] = lambda _: None,
    strategy: tf.distribute.Strategy | None = None,
) -> Trainer:
    """Train for some epochs of the schedule of `config.epochs`, on all devices of a strategy if there is one."""
    trainer = Trainer(features, labels, mails, config, strategy)
    for _ in range(epochs):
        trainer.epoch()
        after_epoch(trainer)
    return trainer


_BATCH_INPUTS = [*[tf.TensorSpec([None], tf.int32)] * 9, tf.TensorSpec([None], tf.float32)]


def _tensors(batch: Batch) -> list[tf.Tensor]:
    return [tf.constant(getattr(batch, field.name)) for field in fields(batch)]
