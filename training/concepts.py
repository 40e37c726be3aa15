"""What words have in common: a bilingual lexicon that the model reads beside the words themselves.

A word the lexicon knows counts as its concept (`Rechnung` and `invoice` are one) and as its class (`smoke` and
`verschmort` are both burning), and classes that follow each other in a sentence count as pairs, so that
`no smoke any more` teaches something about `das Feuer ist aus`. What is learned of one word, in one language, thereby
holds for its neighbours in both. `training/lexicon/README.md` says how the lexicon was made.
"""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.ngrams import CHARACTER_BUCKETS, WORD_BUCKETS, Ngrams, ngrams

_MOST_CONCEPTS, _MOST_CLASSES = 1 << 15, 1 << 9
# Buckets of the lexicon follow those of n-grams.
FIRST_CONCEPT = WORD_BUCKETS + CHARACTER_BUCKETS
FIRST_CLASS = FIRST_CONCEPT + _MOST_CONCEPTS
FIRST_PAIR = FIRST_CLASS + _MOST_CLASSES
BUCKETS = FIRST_PAIR + _MOST_CLASSES * _MOST_CLASSES

LEXICON = Path(__file__).parent / "lexicon"
# Words that join others stand between two classes without parting them.
_JOINING = frozenset(
    {"article", "preposition", "conjunction", "be", "pronoun_i", "pronoun_we", "pronoun_you", "pronoun_they"}
)


@dataclass(frozen=True, slots=True)
class Lexicon:
    """The lexicon as a model holds it.

    Attributes:
        buckets: int32 (entries,), the bucket of each word.
        concepts: int32 (entries,), numbered from 1.
        kinds: int32 (entries,), the class, numbered from 1.
        content: bool (classes + 1,), whether a class takes part in pairs.
    """

    buckets: npt.NDArray[np.int32]
    concepts: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int32]
    content: npt.NDArray[np.bool_]

    def tables(self) -> "Tables":
        """Return it by bucket, 0 where it knows nothing."""
        concept, kind = np.zeros(WORD_BUCKETS, np.int32), np.zeros(WORD_BUCKETS, np.int32)
        concept[self.buckets], kind[self.buckets] = self.concepts, self.kinds
        return Tables(concept, kind, self.content)


class Tables(NamedTuple):
    """`Lexicon` by bucket of words: `concept` and `kind` (WORD_BUCKETS,), 0 for none, and `content` as there."""

    concept: tf.Tensor
    kind: tf.Tensor
    content: tf.Tensor


class Concept(NamedTuple):
    """Entries of one kind: concepts, classes or pairs of classes.

    Attributes:
        bucket: int64 (entries,).
        first_word: int (entries,), place of the word it stands for, or of the first of two; ascending.
        last_word: int (entries,), the same word, or the second.
    """

    bucket: tf.Tensor
    first_word: tf.Tensor
    last_word: tf.Tensor


def concepts(found: Ngrams, tables: Tables) -> list[Concept]:
    """Return what the lexicon says of these words: their concepts, their classes, and pairs of classes."""
    concept, kind = tf.gather(tables.concept, found.words), tf.gather(tables.kind, found.words)
    word = tf.where(concept > 0)[:, 0]
    concept, kind = tf.gather(concept, word), tf.gather(kind, word)
    content = tf.gather(tables.content, kind)
    inner, of_inner = tf.boolean_mask(kind, content), tf.boolean_mask(word, content)
    sentence = tf.gather(found.sentence_of_word, of_inner)
    together = sentence[1:] == sentence[:-1]
    pairs = tf.boolean_mask(inner[:-1] * _MOST_CLASSES + inner[1:], together)
    return [
        Concept(tf.cast(concept, tf.int64) + FIRST_CONCEPT, word, word),
        Concept(tf.cast(kind, tf.int64) + FIRST_CLASS, word, word),
        Concept(
            tf.cast(pairs, tf.int64) + FIRST_PAIR,
            tf.boolean_mask(of_inner[:-1], together),
            tf.boolean_mask(of_inner[1:], together),
        ),
    ]


def entries_of(words: tf.Tensor, tables: Tables) -> tf.Tensor:
    """Return int64 (words, 3): the buckets of each word, its concept and its class, a bucket without row for none."""
    concept, kind = tf.gather(tables.concept, words), tf.gather(tables.kind, words)
    return tf.stack([words, tf.cast(concept, tf.int64) + FIRST_CONCEPT, tf.cast(kind, tf.int64) + FIRST_CLASS], axis=1)


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of this repository; a word listed twice counts as it is listed first."""
    lines = [line for path in sorted(LEXICON.glob("*.tsv")) for line in path.read_text("utf-8").splitlines()]
    entries = [tuple(line.split("\t")) for line in lines]
    concept_number = {name: place for place, name in enumerate(sorted({concept for _, concept, _ in entries}), 1)}
    kind_number = {name: place for place, name in enumerate(sorted({kind for *_, kind in entries}), 1)}
    buckets, first = np.unique(_buckets([word for word, *_ in entries]), return_index=True)
    return Lexicon(
        buckets=buckets.astype(np.int32),
        concepts=np.array([concept_number[entries[place][1]] for place in first], np.int32),
        kinds=np.array([kind_number[entries[place][2]] for place in first], np.int32),
        content=np.array([False, *(name not in _JOINING for name in kind_number)]),
    )


def _buckets(words: list[str]) -> npt.NDArray[np.int64]:
    """Return the bucket of each word, which must be one word to the model too."""
    if not words:
        return np.zeros(0, np.int64)
    with tf.init_scope():  # computed at once, even while the graph around it is drawn
        found = ngrams(tf.constant(words), tf.fill([len(words)], ""))
        owner = tf.gather(found.mail, found.sentence_of_word).numpy()
        first = np.searchsorted(owner, np.arange(len(words)))
        return np.asarray(found.words.numpy()[first], np.int64)
