"""What training minimises: the surprise at each label given, whichever heads a mail has labels for."""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.heads import UNLABELLED, Labels


def class_weights(labels: Labels, power: float) -> dict[str, npt.NDArray[np.float32]]:
    """Return a weight per label of each head, rarer ones heavier; over the labelled mails they average 1."""
    return {head: _weights(labels[head], len(names), power) for head, names in labels.heads.items()}


def masked_loss(
    logits: Mapping[str, tf.Tensor],
    labels: Mapping[str, tf.Tensor],
    weights: Mapping[str, npt.NDArray[np.float32]],
    smoothing: float,
) -> tf.Tensor:
    """Return the sum over heads of the mean cross-entropy; a missing label adds nothing."""
    return tf.add_n([_head_loss(logits[head], labels[head], weights[head], smoothing) for head in logits])


def _head_loss(logits: tf.Tensor, column: tf.Tensor, weights: npt.NDArray[np.float32], smoothing: float) -> tf.Tensor:
    classes = len(weights)
    known = tf.cast(column != UNLABELLED, tf.float32)
    column = tf.maximum(column, 0)
    target = tf.one_hot(column, classes) * (1 - smoothing) + smoothing / classes
    surprise = tf.nn.softmax_cross_entropy_with_logits(target, logits)
    return tf.reduce_mean(surprise * tf.gather(weights, column) * known)


def _weights(column: npt.NDArray[np.int32], classes: int, power: float) -> npt.NDArray[np.float32]:
    counts = np.bincount(column[column != UNLABELLED], minlength=classes)
    weights = np.where(counts > 0, np.maximum(counts, 1.0) ** -power, 0.0)
    total = float((weights * counts).sum())
    return np.asarray(weights * (counts.sum() / total) if total else np.ones(classes), np.float32)
