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

LEXICON_BUCKETS = 1 << 20
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
        hashes: int64 (entries,), the hash of each word, no two in one bucket.
        concepts: int32 (entries,), numbered from 1.
        kinds: int32 (entries,), the class, numbered from 1.
        languages: int32 (entries,), 1 for a word listed as English alone, 2 as German alone, else 0.
        content: bool (classes + 1,), whether a class takes part in pairs.
    """

    hashes: npt.NDArray[np.int64]
    concepts: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int32]
    languages: npt.NDArray[np.int32]
    content: npt.NDArray[np.bool_]

    def tables(self) -> "Tables":
        """Return it with an index by bucket."""
        entry = np.zeros(LEXICON_BUCKETS, np.int32)
        entry[self.hashes % LEXICON_BUCKETS] = np.arange(1, len(self.hashes) + 1)
        return Tables(
            entry,
            np.insert(self.hashes, 0, 0),
            np.insert(self.concepts, 0, 0),
            np.insert(self.kinds, 0, 0),
            np.insert(self.languages, 0, 0),
            self.content,
        )


class Tables(NamedTuple):
    """The lexicon to be looked up in; entry 0 stands for what it does not know.

    Attributes:
        entry: int32 (LEXICON_BUCKETS,), the entry that a word of this bucket may be.
        hashes: int64 (entries + 1,), the hash that tells whether it is.
        concept: int32 (entries + 1,), 0 for none.
        kind: int32 (entries + 1,), 0 for none.
        language: int32 (entries + 1,), as in `Lexicon`, 0 for none.
        content: bool (classes + 1,), as in `Lexicon`.
    """

    entry: tf.Tensor
    hashes: tf.Tensor
    concept: tf.Tensor
    kind: tf.Tensor
    language: tf.Tensor
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
    entry = tf.gather(_entries(found.distinct, tables), found.distinct_of_word)
    word = tf.where(entry > 0)[:, 0]
    entry = tf.gather(entry, word)
    concept, kind = tf.gather(tables.concept, entry), tf.gather(tables.kind, entry)
    return [
        Concept(tf.cast(concept, tf.int64) + FIRST_CONCEPT, word, word),
        Concept(tf.cast(kind, tf.int64) + FIRST_CLASS, word, word),
        class_pairs(found, tables),
    ]


def class_pairs(found: Ngrams, tables: Tables) -> Concept:
    """Return the pairs of classes that follow each other in a sentence, joining words and unknown ones passed over."""
    kind = tf.gather(tf.gather(tables.kind, _entries(found.distinct, tables)), found.distinct_of_word)
    word = tf.where(tf.gather(tables.content, kind))[:, 0]
    kind, sentence = tf.gather(kind, word), tf.gather(found.sentence_of_word, word)
    together = sentence[1:] == sentence[:-1]
    pairs = tf.boolean_mask(kind[:-1] * _MOST_CLASSES + kind[1:], together)
    return Concept(
        tf.cast(pairs, tf.int64) + FIRST_PAIR,
        tf.boolean_mask(word[:-1], together),
        tf.boolean_mask(word[1:], together),
    )


def rows_of_distinct(found: Ngrams, tables: Tables) -> tf.Tensor:
    """Return int64 (distinct words, 3): the buckets of each word, its concept and its class.

    What the lexicon does not know gets a bucket that never has a row.
    """
    entry = _entries(found.distinct, tables)
    concept, kind = tf.gather(tables.concept, entry), tf.gather(tables.kind, entry)
    return tf.stack(
        [
            found.distinct % WORD_BUCKETS,
            tf.cast(concept, tf.int64) + FIRST_CONCEPT,
            tf.cast(kind, tf.int64) + FIRST_CLASS,
        ],
        axis=1,
    )


def language_of_words(found: Ngrams, tables: Tables) -> tf.Tensor:
    """Return int32 (words,): 1 for a word that the lexicon lists as English alone, 2 as German alone, else 0."""
    return tf.gather(tf.gather(tables.language, _entries(found.distinct, tables)), found.distinct_of_word)


def _entries(hashes: tf.Tensor, tables: Tables) -> tf.Tensor:
    """Return int32, the entry of each word, 0 where the lexicon has another word in its bucket or none."""
    entry = tf.gather(tables.entry, hashes % LEXICON_BUCKETS)
    return tf.where(tf.gather(tables.hashes, entry) == hashes, entry, 0)


@cache
def lexicon() -> Lexicon:
    """Return the lexicon of this repository; a word listed twice counts as it is listed first."""
    entries = [entry for path in sorted(LEXICON.glob("*.tsv")) for entry in _lines(path)]
    listed = {path.stem: {word for word, _, _ in _lines(path)} for path in sorted(LEXICON.glob("*.tsv"))}
    concept_number = {name: place for place, name in enumerate(sorted({concept for _, concept, _ in entries}), 1)}
    kind_number = {name: place for place, name in enumerate(sorted({kind for *_, kind in entries}), 1)}
    hashes = _hashes([word for word, *_ in entries])
    # Of two words in one bucket the one listed first stays: one in fifty is lost, and none is taken for another.
    first = np.unique(hashes % LEXICON_BUCKETS, return_index=True)[1]
    return Lexicon(
        hashes=hashes[first],
        concepts=np.array([concept_number[entries[place][1]] for place in first], np.int32),
        kinds=np.array([kind_number[entries[place][2]] for place in first], np.int32),
        languages=np.array([_language(entries[place][0], listed) for place in first], np.int32),
        content=np.array([False, *(name not in _JOINING for name in kind_number)]),
    )


def _lines(path: Path) -> list[tuple[str, ...]]:
    return [tuple(line.split("\t")) for line in path.read_text("utf-8").splitlines()]


def _language(word: str, listed: dict[str, set[str]]) -> int:
    """Return 1 or 2 for a word in the list of English or of German words alone, else 0."""
    english, german = word in listed.get("en", ()), word in listed.get("de", ())
    return 0 if english == german else 1 if english else 2


def _hashes(words: list[str]) -> npt.NDArray[np.int64]:
    """Return the hash of each word, which must be one word to the model too."""
    if not words:
        return np.zeros(0, np.int64)
    with tf.init_scope():  # computed at once, even while the graph around it is drawn
        found = ngrams(tf.constant(words), tf.fill([len(words)], ""))
        owner = tf.gather(found.mail, found.sentence_of_word).numpy()
        first = np.searchsorted(owner, np.arange(len(words)))
        return np.asarray(tf.gather(found.distinct, found.distinct_of_word).numpy()[first], np.int64)
