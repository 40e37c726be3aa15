"""The model: a linear member over all n-grams, some that attend to single sentences, and the mean of their logits.

The linear member is right about wording, the attention members find the one quiet sentence in a long mail. All
read the same n-grams, so their vectors lie side by side in one table and are pooled together:

    | attention members: width each | linear member: one logit per label of every head | squared weight |

The sum of a sentence's n-gram vectors over the root of its squared weights is the direction of its TF-IDF vector,
projected. Words and runs of characters are pooled and scaled apart, then added, since the runs outnumber the words.

Source:
    Joulin et al. 2016, arXiv:1607.01759 (averaged n-gram vectors); Yang et al. 2016, "Hierarchical Attention Networks"
    (attention over sentences).
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from training.config import RunConfig
from training.heads import Heads, size_of

_ATTENTION_WEIGHTS = ("code/kernel", "code/bias", "query/kernel", "query/score", "head/kernel", "head/bias")

Dense = Mapping[str, tf.Tensor]  # name to weights, all but the table


class Pooled(NamedTuple):
    """The n-grams of a batch, summed per sentence.

    Attributes:
        words: float32 (sentences, table columns + 1), words and pairs.
        runs: The same, runs of characters.
        concepts: The same, what the lexicon says of the words.
        mail: int (sentences,), the mail each sentence belongs to.
        is_subject: float32 (sentences,).
        mails: Number of mails in the batch.
    """

    words: tf.Tensor
    runs: tf.Tensor
    concepts: tf.Tensor
    mail: tf.Tensor
    is_subject: tf.Tensor
    mails: tf.Tensor


def table_columns(config: RunConfig, heads: Heads) -> int:
    """Return how many columns of the table are learned; one more holds the squared weight."""
    return config.attention_members * config.width + size_of(heads)


def attention_columns(config: RunConfig) -> list[int]:
    """Return where each attention member's columns of the table end; the linear member's follow the last."""
    return [config.width * (member + 1) for member in range(config.attention_members)]


def initial_dense(config: RunConfig, heads: Heads) -> dict[str, tf.Variable]:
    """Return the weights of all members apart from the table, drawn by the seed."""
    labels = size_of(heads)
    features = 2 * config.width + config.queries * config.code_width
    shapes = {
        "code/kernel": (config.width, config.code_width),
        "code/bias": (config.code_width,),
        "query/kernel": (config.width, config.query_width),
        "query/score": (config.query_width, config.queries),
        "head/kernel": (features, labels),
        "head/bias": (labels,),
    }
    draw = np.random.default_rng(config.seed)
    names = [
        (f"{member}/{name}", shape) for member in range(config.attention_members) for name, shape in shapes.items()
    ]
    drawn = {name: tf.Variable(_drawn(draw, shape), name=name) for name, shape in names}
    return drawn | {"linear/bias": tf.Variable(tf.zeros([labels]), name="linear/bias")}


def member_logits(pooled: Pooled, dense: Dense, config: RunConfig, dropout: float = 0.0) -> list[tf.Tensor]:
    """Return what each attention member says and, last, the linear one: float32 (mails, labels) each."""
    kinds = (pooled.words, pooled.runs, pooled.concepts)
    of_mail = _direction(*(tf.math.unsorted_segment_sum(kind, pooled.mail, pooled.mails) for kind in kinds))
    of_sentence = _direction(*kinds)
    has_text = tf.cast((pooled.words + pooled.runs)[:, -1:] > 0, tf.float32)
    # Cut at once: the slope of many slices is many tables of zeros, that of a split is one.
    sizes = [config.width] * config.attention_members
    *of_mail, linear = tf.split(of_mail, [*sizes, of_mail.shape[1] - sum(sizes)], axis=1)
    of_sentence = tf.split(of_sentence, [*sizes, of_sentence.shape[1] - sum(sizes)], axis=1)
    said = []
    for member in range(config.attention_members):
        weights = {name: dense[f"{member}/{name}"] for name in _ATTENTION_WEIGHTS}
        said.append(_attention(of_mail[member], of_sentence[member], has_text, pooled, weights, dropout))
    return [*said, linear + dense["linear/bias"]]


def mean_logits(members: list[tf.Tensor]) -> tf.Tensor:
    """Return the mean of the attention members' mean and the linear member."""
    *attention, linear = members
    return (tf.add_n(attention) / float(len(attention)) + linear) / 2.0


def by_head(logits: tf.Tensor, heads: Heads) -> dict[str, tf.Tensor]:
    """Cut logits of all labels into heads."""
    sizes = [len(labels) for labels in heads.values()]
    return dict(zip(heads, tf.split(logits, sizes, axis=1), strict=True))


def _attention(
    of_mail: tf.Tensor, of_sentence: tf.Tensor, has_text: tf.Tensor, pooled: Pooled, weights: Dense, dropout: float
) -> tf.Tensor:
    """Return one member's logits, from the whole mail, its subject and the sentences it attends to."""
    subject = tf.math.unsorted_segment_sum(of_sentence * pooled.is_subject[:, None], pooled.mail, pooled.mails)
    attended = _attended(of_sentence, has_text, pooled, weights, dropout)
    seen = _dropped(tf.concat([of_mail, subject, attended], axis=1), dropout)
    return seen @ weights["head/kernel"] + weights["head/bias"]


def _attended(sentences: tf.Tensor, has_text: tf.Tensor, pooled: Pooled, weights: Dense, dropout: float) -> tf.Tensor:
    """Return the code of each mail's sentences, averaged by attention: (mails, queries * code_width)."""
    code = _dropped(tf.nn.relu(sentences @ weights["code/kernel"] + weights["code/bias"]), dropout)
    # Scores are bounded, so their exponential needs no shift by the highest one of the mail.
    score = 8.0 * tf.tanh(tf.tanh(sentences @ weights["query/kernel"]) @ weights["query/score"] / 8.0)
    weight = tf.exp(score) * has_text
    total = tf.math.unsorted_segment_sum(weight, pooled.mail, pooled.mails)
    summed = tf.math.unsorted_segment_sum(code[:, None, :] * weight[:, :, None], pooled.mail, pooled.mails)
    # A mail without text has no weight at all; its code is zero, not NaN.
    mean = summed / tf.maximum(total, 1e-6)[:, :, None]
    return tf.reshape(mean, [-1, mean.shape[1] * mean.shape[2]])


def _direction(*kinds: tf.Tensor) -> tf.Tensor:
    return tf.add_n([kind[:, :-1] * direction_scale(kind[:, -1:]) for kind in kinds])


def direction_scale(squared_weight: tf.Tensor) -> tf.Tensor:
    """Return what a sum of n-gram vectors is multiplied by, so that length says nothing."""
    return tf.math.rsqrt(squared_weight + 1e-6)


def _dropped(units: tf.Tensor, rate: float) -> tf.Tensor:
    return tf.nn.dropout(units, rate) if rate else units


def _drawn(draw: np.random.Generator, shape: tuple[int, ...]) -> np.ndarray[tuple[int, ...], np.dtype[np.float32]]:
    spread = shape[0] ** -0.5 if len(shape) > 1 else 0.0
    return (spread * draw.standard_normal(shape)).astype(np.float32)
