"""What is kept of a mail for memory to learn from: its features, weighted, and what its words mean on the whole.

The representation is frozen: it rests on the text, the lexicon and how rare an n-gram was in the mail that the model
learned from, and on no weight that learned a label. So a topic that the model never heard of is in it as well as any.

Features are words, pairs of words, stems (the first letters of a word), concepts and classes of the lexicon; each kind
has the length that `SHARES` gives it, whatever the mail's. The embedding of a mail is the sum of those of its concepts,
which `benchmarks/distill.py` took from a pretrained encoder of English; a German word has its concept's, and so
mail in both languages lies in one space.

Source:
    Salton and Buckley 1988 (TF-IDF with logarithmic counts); Tulkens and van Dongen 2024, "Model2Vec" (static
    embeddings distilled from a sentence encoder).
"""

from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.concepts import BUCKETS, FIRST_CLASS, FIRST_CONCEPT, FIRST_PAIR, LEXICON, lexicon
from training.ngrams import WORD_BUCKETS, Ngrams

EMBEDDINGS = LEXICON / "embeddings.npy"
# Kinds by where their buckets end, and the length that each has in a mail.
ENDS = (WORD_BUCKETS, FIRST_CONCEPT, FIRST_CLASS, FIRST_PAIR)
SHARES = (1.0, 0.7, 0.7, 0.4)  # words and pairs, stems, concepts, classes


class Represented(NamedTuple):
    """What a batch of mails is represented by.

    Attributes:
        feature: int32 (features,), the bucket of each distinct n-gram of each mail.
        mail: int32 (features,), the mail it is in; in no order.
        weight: float32 (features,), above 0.
        embedding: float32 (mails, dimensions), of length 1, or 0 for a mail without a word that the lexicon knows.
    """

    feature: tf.Tensor
    mail: tf.Tensor
    weight: tf.Tensor
    embedding: tf.Tensor


def represented(
    found: Ngrams, concept_and_class: tf.Tensor, rarity: tf.Tensor, embeddings: tf.Tensor, mails: tf.Tensor
) -> Represented:
    """Represent a batch of mails.

    Args:
        found: Their n-grams.
        concept_and_class: int64 (distinct words, 2), the buckets of each word's concept and class; those of entry 0
            where the lexicon does not know the word.
        rarity: float32 (BUCKETS,), the weight of each bucket.
        embeddings: float32 (concepts + 1, dimensions), row 0 zero.
        mails: How many there are.
    """
    mail_of_word = tf.gather(found.mail, found.sentence_of_word)
    stem = tf.gather(_stems(found), found.distinct_of_word)
    said = tf.gather(concept_and_class, found.distinct_of_word)
    known = said[:, 0] > FIRST_CONCEPT
    long_enough = stem >= 0
    bucket = tf.concat(
        [
            found.words,
            found.pairs,
            tf.boolean_mask(stem, long_enough),
            tf.reshape(tf.boolean_mask(said, known), [-1]),
        ],
        axis=0,
    )
    owner = tf.concat(
        [
            mail_of_word,
            tf.gather(found.mail, found.sentence_of_pair),
            tf.boolean_mask(mail_of_word, long_enough),
            tf.repeat(tf.boolean_mask(mail_of_word, known), 2),
        ],
        axis=0,
    )
    distinct, _, count = tf.unique_with_counts(owner * BUCKETS + bucket)
    mail, bucket = distinct // BUCKETS, distinct % BUCKETS
    weight = (1.0 + tf.math.log(tf.cast(count, tf.float32))) * tf.gather(rarity, bucket)
    is_concept = (bucket >= FIRST_CONCEPT) & (bucket < FIRST_CLASS)
    of_concept = tf.where(is_concept)[:, 0]
    rows = tf.gather(embeddings, tf.gather(bucket, of_concept) - FIRST_CONCEPT) * tf.gather(weight, of_concept)[:, None]
    embedding = tf.math.unsorted_segment_sum(rows, tf.gather(mail, of_concept), mails)
    kind = tf.searchsorted(tf.constant(ENDS, tf.int64), bucket, side="right")
    place = tf.cast(mail, tf.int32) * len(ENDS) + kind
    length = tf.math.unsorted_segment_sum(weight * weight, place, mails * len(ENDS))
    weight *= tf.gather(tf.constant(SHARES), kind) * tf.math.rsqrt(tf.gather(length, place))
    return Represented(
        tf.cast(bucket, tf.int32),
        tf.cast(mail, tf.int32),
        weight,
        tf.math.l2_normalize(embedding, axis=1),
    )


@cache
def embeddings() -> npt.NDArray[np.int8]:
    """Return the embedding of each concept of the lexicon, row 0 zero; only their directions mean anything."""
    table = np.load(EMBEDDINGS)
    concepts = int(lexicon().concepts.max())
    if len(table) <= concepts:
        raise AssertionError(f"{EMBEDDINGS.name} is older than the lexicon; run `python -m benchmarks.distill`")
    return np.asarray(table, np.int8)


def _stems(found: Ngrams) -> tf.Tensor:
    """Return int64 (distinct words,): the bucket of each word's first five characters, a space before it among them.

    It is -1 for a word of fewer than three letters.
    """
    bucket, word = found.runs[-1]
    first = tf.concat([[True], word[1:] != word[:-1]], axis=0)[: tf.size(word)]
    place = tf.cast(tf.boolean_mask(word, first), tf.int64)[:, None]
    stems = tf.scatter_nd(place, tf.boolean_mask(bucket, first) + 1, tf.shape(found.distinct, out_type=tf.int64))
    return stems - 1
