"""Training the deep stage: Adam over everything, a short schedule, mails of like length together."""

import itertools
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, fields

import keras
import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.config import RunConfig
from training.deep.batch import Sequences, sequences_of, word_rows_of
from training.deep.network import Placed, deep_logits, initial_weights, word_vectors
from training.distribute import put, replicas_of
from training.features import UNKNOWN_ROW, Features, Integers, Vocabulary
from training.heads import Heads, Labels, Matrices
from training.objective import class_weights, masked_loss
from training.steering import draw_commands

_INITIAL_SPREAD = 0.1
_MOST_GRADIENT = 2.0  # norm over all weights, from which on it is scaled down
_POOL = 20  # batches that are drawn together and sorted by length, so that little padding is computed


@dataclass(frozen=True, slots=True)
class DeepWeights:
    """A trained deep stage: `table` is float32 (rows of the vocabulary, width), row 0 zero."""

    table: npt.NDArray[np.float32]
    dense: Mapping[str, npt.NDArray[np.float32]]


class DeepTrainer:
    """The deep stage in training on some mails, with the vocabulary of a fast stage."""

    def __init__(
        self,
        features: Features,
        labels: Labels,
        mails: Integers,
        vocabulary: Vocabulary,
        config: RunConfig,
        strategy: tf.distribute.Strategy | None = None,
    ) -> None:
        self.features, self.labels, self.mails, self.config = features, labels, mails, config
        self.heads: Heads = {head: names for head, names in labels.heads.items() if head != "language"}
        self.rows = word_rows_of(features, vocabulary)
        self.draw = np.random.default_rng(config.seed)
        tf.random.set_seed(config.seed)
        start = self.draw.standard_normal((len(vocabulary.weights), config.deep.width)) * _INITIAL_SPREAD
        start[UNKNOWN_ROW] = 0.0
        self.replicas = replicas_of(strategy)
        with self.replicas.strategy.scope() if self.replicas else nullcontext():
            self.table = tf.Variable(start.astype(np.float32))
            self.dense = initial_weights(config.deep, self.heads, config.seed)
            self.optimizer = keras.optimizers.Adam(config.deep.rate)
            self.optimizer.build([self.table, *self.dense.values()])
        self.class_weights = class_weights(labels.of(mails), config.deep.class_weight_power)
        columns = [tf.TensorSpec([None], tf.int32)] * len(self.heads)
        inputs = [*_INPUTS, *columns, tf.TensorSpec([])]
        if self.replicas:
            self.step = self.replicas.function(self._step, [*inputs, tf.TensorSpec([])])
        else:
            self.step = tf.function(self._step, input_signature=inputs, autograph=False)
        self.infer = tf.function(self._infer, input_signature=_INPUTS, autograph=False)
        self.steps_done = 0

    def epoch(self) -> None:
        """Show every mail once."""
        size = self.config.deep.batch_size
        order = self.draw.permutation(self.mails)
        lengths = self.features.sentences.ends[order + 1] - self.features.sentences.ends[order]
        batches = []
        for start in range(0, len(order), size * _POOL):
            pool = order[start : start + size * _POOL]
            pool = pool[np.argsort(lengths[start : start + size * _POOL], kind="stable")]
            batches += [pool[place : place + size] for place in range(0, len(pool), size)]
        total = self.config.deep.epochs * len(batches)
        for place in self.draw.permutation(len(batches)):
            mails = batches[place]
            added = draw_commands(self.features.commands, len(mails), self.config.steering, self.draw)
            # The rate rises over a hundred steps and then falls linearly to almost nothing.
            left = min(1.0, (self.steps_done + 1) / 100) * (1.0 - 0.95 * self.steps_done / total)
            rate = np.float32(self.config.deep.rate * left)
            if self.replicas:
                dealt = self.replicas.deal(len(mails))
                parts = [(*self._inputs(mails[part], added[part]), rate, share) for part, share in dealt]
                self.step(*itertools.chain(*parts))
            else:
                self.step(*self._inputs(mails, added), rate)
            self.steps_done += 1

    def logits(self, mails: Integers, *, chunk: int = 64) -> Matrices:
        """Return the logits of mails, head by head."""
        parts = []
        for start in range(0, len(mails), chunk):
            batch = sequences_of(self.features, self.rows, mails[start : start + chunk], self.config.deep.longest)
            parts.append({head: values.numpy() for head, values in self.infer(*_tensors(batch)).items()})
        return {head: np.concatenate([part[head] for part in parts]) for head in self.heads}

    def weights(self) -> DeepWeights:
        """Return what was learned so far."""
        return DeepWeights(self.table.numpy(), {name: value.numpy() for name, value in self.dense.items()})

    def _inputs(self, mails: Integers, added: Integers) -> list[tf.Tensor]:
        batch = sequences_of(self.features, self.rows, mails, self.config.deep.longest, added)
        return [*_tensors(batch), *[tf.constant(self.labels[head][mails]) for head in self.heads]]

    def _step(self, *inputs: tf.Tensor) -> None:
        """Learn from one batch: the arrays of `Sequences`, a column per head, the rate, and a replica's share."""
        batch, told = Sequences(*inputs[: len(_INPUTS)]), inputs[len(_INPUTS) :]
        columns, (rate, *share) = told[: len(self.heads)], told[len(self.heads) :]
        variables = [self.table, *self.dense.values()]
        with tf.GradientTape() as tape:
            logits = self._logits(batch, learning=True)
            truth = dict(zip(self.heads, columns, strict=True))
            loss = masked_loss(logits, truth, self.class_weights, self.config.label_smoothing)
            if self.replicas:
                loss *= share[0]
        slopes = [tf.convert_to_tensor(slope) for slope in tape.gradient(loss, variables)]
        if self.replicas:
            slopes = self.replicas.summed(slopes)
        slopes, _ = tf.clip_by_global_norm(slopes, _MOST_GRADIENT)
        if self.replicas:
            # The optimizer sums what it is given over the replicas, and these sums are on each of them.
            slopes = [slope / self.replicas.count for slope in slopes]
        self.optimizer.learning_rate.assign(rate)
        self.optimizer.apply_gradients(zip(slopes, variables, strict=True))
        # The unknown row takes part in no word; it stays zero.
        write = self.replicas.put if self.replicas else put
        write(self.table, tf.constant([UNKNOWN_ROW]), tf.zeros([1, self.config.deep.width]))

    def _infer(self, *inputs: tf.Tensor) -> dict[str, tf.Tensor]:
        return self._logits(Sequences(*inputs), learning=False)

    def _logits(self, batch: Sequences, *, learning: bool) -> dict[str, tf.Tensor]:
        vectors = word_vectors(tf.convert_to_tensor(self.table), batch.entries, batch.runs, batch.word_of_run)
        placed = Placed(vectors, batch.words, batch.is_subject, batch.there)
        return deep_logits(placed, self.dense, self.heads, self.config.deep, learning=learning)


def train_deep(
    features: Features,
    labels: Labels,
    mails: Integers,
    vocabulary: Vocabulary,
    config: RunConfig,
    *,
    after_epoch: Callable[[], None] = lambda: None,
    strategy: tf.distribute.Strategy | None = None,
) -> DeepTrainer:
    """Train the deep stage for its whole schedule, on all devices of a strategy if there is one."""
    trainer = DeepTrainer(features, labels, mails, vocabulary, config, strategy)
    for _ in range(config.deep.epochs):
        trainer.epoch()
        after_epoch()
    return trainer


_INPUTS = [
    tf.TensorSpec([None, 3], tf.int32),
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None], tf.int32),
    tf.TensorSpec([None, None], tf.int32),
    tf.TensorSpec([None, None], tf.int32),
    tf.TensorSpec([None, None], tf.float32),
]


def _tensors(batch: Sequences) -> list[tf.Tensor]:
    return [tf.constant(getattr(batch, field.name)) for field in fields(batch)]
