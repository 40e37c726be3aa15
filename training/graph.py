"""A trained model as one TensorFlow program: strings in, calibrated probabilities out.

On disk a table is int8, a quarter of its size, with a scale per row and member. `prepare`, called once after loading,
expands it to float32 with n-gram weights multiplied in, because the fused gather-and-sum that makes reading fast takes
no less.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.architecture import Pooled, attention_columns, by_head, direction_scale, mean_logits, member_logits
from training.concepts import (
    BUCKETS,
    LEXICON_BUCKETS,
    Tables,
    class_pairs,
    language_of_words,
    lexicon,
    rows_of_distinct,
)
from training.config import RunConfig
from training.fit import Weights
from training.heads import Heads
from training.languages import DOUBT, LANGUAGES, language_odds
from training.ngrams import Ngrams, ngrams
from training.representation import embeddings, represented
from triage.labels import Language, Urgency

TEXTS = [tf.TensorSpec([None], tf.string, "subject"), tf.TensorSpec([None], tf.string, "body")]


class ReadingGraph(tf.Module):  # type: ignore[misc]
    """The program that a bundle holds: `prepare` once, then `serve` and `explain`."""

    def __init__(
        self,
        weights: Weights,
        temperatures: Mapping[str, float],
        config: RunConfig,
        heads: Heads,
    ) -> None:
        super().__init__()
        vocabulary = weights.vocabulary
        self._config, self._heads, self._temperatures = config, dict(heads), dict(temperatures)
        self._buckets = tf.Variable(vocabulary.buckets, trainable=False)
        self._ngram_weights = tf.Variable(vocabulary.weights, trainable=False)
        members = np.split(weights.table, attention_columns(config), axis=1)
        self._bytes = [tf.Variable(quantised(member)[0], trainable=False) for member in members]
        self._scales = [tf.Variable(quantised(member)[1], trainable=False) for member in members]
        self._dense = {name.replace("/", "_"): tf.Variable(value) for name, value in weights.dense.items()}
        self._names = {name: name.replace("/", "_") for name in weights.dense}
        known = lexicon()
        self._hashes = tf.Variable(np.insert(known.hashes, 0, 0), trainable=False)
        self._concepts_of_entry = tf.Variable(np.insert(known.concepts, 0, 0), trainable=False)
        self._kinds_of_entry = tf.Variable(np.insert(known.kinds, 0, 0), trainable=False)
        self._languages_of_entry = tf.Variable(np.insert(known.languages, 0, 0), trainable=False)
        self._content = tf.Variable(known.content, trainable=False)
        self._embeddings = tf.Variable(embeddings(), trainable=False)
        columns = weights.table.shape[1] + 1
        # Empty on disk; `prepare` fills them.
        self._table = tf.Variable(tf.zeros([0, columns]), shape=tf.TensorShape([None, columns]), trainable=False)
        self._row_of_bucket, self._entry_of_bucket = (
            tf.Variable(tf.zeros([0], tf.int32), shape=tf.TensorShape([None]), trainable=False) for _ in range(2)
        )
        self._rarity = tf.Variable(tf.zeros([0]), shape=tf.TensorShape([None]), trainable=False)

    @tf.function(input_signature=TEXTS, autograph=False)  # type: ignore[untyped-decorator]
    def serve(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return probabilities per head, float32 (mails, labels of the head), and what the mails are represented by.

        The latter as `feature`, `feature_mail`, `feature_weight` and `embedding`, as `Represented` tells them.
        """
        found = ngrams(subject, body)
        mails = tf.size(subject)
        rows = rows_of_distinct(found, self._tables())
        logits = self._logits(self._pooled(found, self._of_distinct(found, rows), mails))
        kept = represented(found, rows[:, 1:], self._rarity, tf.cast(self._embeddings, tf.float32), mails)
        return {head: tf.nn.softmax(value) for head, value in self._doubted(logits, found, mails).items()} | {
            "feature": kept.feature,
            "feature_mail": kept.mail,
            "feature_weight": kept.weight,
            "embedding": kept.embedding,
        }

    @tf.function(input_signature=TEXTS, autograph=False)  # type: ignore[untyped-decorator]
    def explain(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return what each word did to the likeliest label of each head, language apart.

        Returns:
            `word`: string (words,), as the model reads it, in order of the text but for subjects, which come before all
            bodies; `mail` and `sentence`: int64 (words,), those that each stands in; and per head float32 (words,), how
            far the word raised the linear member's share of the score of the likeliest label over the others' mean
            (for urgency: of the two upper steps over the two lower). It is exact: over a mail it sums to that share
            less its bias. What attention made of the words is left out: its slopes would cost three times as much.
        """
        found = ngrams(subject, body)
        of_distinct, mails = self._of_distinct(found), tf.size(subject)
        pooled = self._pooled(found, of_distinct, mails)
        logits = self._logits(pooled)
        mail = tf.gather(found.mail, found.sentence_of_word)
        effects = by_head(self._linear_effects(found, of_distinct, pooled), self._heads)
        letters = tf.RaggedTensor.from_row_lengths(
            tf.gather(found.points, _ranges(found.first_point, found.word_length)), found.word_length, validate=False
        )
        return {
            "word": tf.strings.unicode_encode(letters, "UTF-8"),
            "mail": mail,
            "sentence": found.sentence_of_word,
        } | {
            head: tf.reduce_sum(effects[head] * tf.gather(_sides(head, names, logits[head]), mail), axis=1)
            / (2.0 * self._temperatures[head])
            for head, names in self._heads.items()
            if head != "language"
        }

    @tf.function(input_signature=[], autograph=False)  # type: ignore[untyped-decorator]
    def prepare(self) -> None:
        """Expand the tables; without it nothing can be read."""
        self._expand()

    def _expand(self) -> None:
        parts = [tf.cast(b, tf.float32) * s[:, None] for b, s in zip(self._bytes, self._scales, strict=True)]
        weight = self._ngram_weights[:, None]
        self._table.assign(tf.concat([*[part * weight for part in parts], weight * weight], axis=1))
        places = tf.range(1, tf.size(self._buckets) + 1)
        self._row_of_bucket.assign(tf.scatter_nd(self._buckets[:, None], places, [BUCKETS]))
        # An n-gram that the model never met is rarer than all that it knows.
        rarity = tf.fill([BUCKETS], tf.reduce_max(self._ngram_weights))
        self._rarity.assign(tf.tensor_scatter_nd_update(rarity, self._buckets[:, None], self._ngram_weights[1:]))
        # Entry 0 is no word; it must not take the place of one.
        entries = tf.range(1, tf.size(self._hashes))
        self._entry_of_bucket.assign(
            tf.scatter_nd((self._hashes[1:] % LEXICON_BUCKETS)[:, None], entries, [LEXICON_BUCKETS])
        )

    def _logits(self, pooled: Pooled) -> dict[str, tf.Tensor]:
        dense = {name: self._dense[stored] for name, stored in self._names.items()}
        logits = by_head(mean_logits(member_logits(pooled, dense, self._config)), self._heads)
        return {head: value / self._temperatures[head] for head, value in logits.items()}

    def _doubted(self, logits: Mapping[str, tf.Tensor], found: Ngrams, mails: tf.Tensor) -> dict[str, tf.Tensor]:
        """Tell the language, and believe less of a mail in one that was not learned."""
        # A model that learned of no language, for a benchmark say, has none to tell.
        if "language" not in logits:
            return dict(logits)
        language = language_odds(logits["language"], found, mails, language_of_words(found, self._tables()))
        other = tf.nn.softmax(language)[:, LANGUAGES.index(Language.OTHER)]
        doubt = 1.0 + (DOUBT - 1.0) * other[:, None]
        return {head: value / doubt for head, value in logits.items()} | {"language": language}

    def _tables(self) -> Tables:
        return Tables(
            self._entry_of_bucket,
            self._hashes,
            self._concepts_of_entry,
            self._kinds_of_entry,
            self._languages_of_entry,
            tf.convert_to_tensor(self._content),
        )

    def _of_distinct(self, found: Ngrams, buckets: tf.Tensor | None = None) -> list[tf.Tensor]:
        """Return what each distinct word adds to a sentence: its own row, its runs, its lexicon entry.

        Each is (distinct words, columns + 1). Summed per distinct word first, for a word stands in many sentences.
        """
        buckets = rows_of_distinct(found, self._tables()) if buckets is None else buckets
        rows = tf.gather(self._row_of_bucket, buckets)
        distinct = tf.size(found.distinct)
        runs = tf.add_n([self._summed(run, word, distinct) for run, word in found.runs])
        # Gathered from the table's value: after a sparse read of the variable, TensorFlow copies it at every dense one.
        own, concept, kind = (tf.gather(self._table.value(), rows[:, place]) for place in range(3))
        return [own, runs, concept + kind]

    def _pooled(self, found: Ngrams, of_distinct: list[tf.Tensor], mails: tf.Tensor) -> Pooled:
        sentences = tf.size(found.mail)
        together = tf.concat(of_distinct, axis=1)
        summed = tf.sparse.segment_sum(together, found.distinct_of_word, found.sentence_of_word, num_segments=sentences)
        words, runs, said = tf.split(summed, 3, axis=1)
        # One call per kind: the fused sum wants ascending owners, and they are so only within a kind.
        words += self._summed(found.pairs, found.sentence_of_pair, sentences)
        classes = class_pairs(found, self._tables())
        owner = tf.gather(found.sentence_of_word, classes.first_word)
        said += self._summed(classes.bucket, owner, sentences)
        return Pooled(words, runs, said, found.mail, tf.cast(found.is_subject, tf.float32), mails)

    def _summed(self, buckets: tf.Tensor, owner: tf.Tensor, owners: tf.Tensor) -> tf.Tensor:
        rows = tf.gather(self._row_of_bucket, buckets)
        return tf.sparse.segment_sum(self._table, rows, owner, num_segments=owners)

    def _linear_effects(self, found: Ngrams, of_distinct: list[tf.Tensor], pooled: Pooled) -> tf.Tensor:
        """Return what each word adds to the linear member: (words, labels of all heads).

        Every n-gram's part goes to the words it lies in, a pair's to both in halves.
        """
        mail, count = tf.gather(found.mail, found.sentence_of_word), tf.size(found.words)
        # By one length per kind for the whole mail, as `member_logits` scales it.
        scales = [
            tf.gather(direction_scale(tf.math.unsorted_segment_sum(kind[:, -1:], pooled.mail, pooled.mails)), mail)
            for kind in (pooled.words, pooled.runs, pooled.concepts)
        ]
        effects = tf.add_n(
            [
                tf.gather(self._linear(own), found.distinct_of_word) * scale
                for own, scale in zip(of_distinct, scales, strict=True)
            ]
        )
        classes = class_pairs(found, self._tables())
        first = tf.where(found.sentence_of_word[1:] == found.sentence_of_word[:-1])[:, 0]
        pairs = ((found.pairs, first, first + 1, scales[0]), (classes.bucket, *classes[1:], scales[2]))
        for bucket, word, other, scale in pairs:
            rows = self._linear(tf.gather(self._table.value(), tf.gather(self._row_of_bucket, bucket)))
            half = rows * tf.gather(scale, word) / 2.0
            effects += tf.math.unsorted_segment_sum(half, word, count)
            effects += tf.math.unsorted_segment_sum(half, other, count)
        return effects

    def _linear(self, rows: tf.Tensor) -> tf.Tensor:
        """Return the linear member's columns of some rows."""
        return rows[:, attention_columns(self._config)[-1] : -1]


def _sides(head: str, names: Sequence[str], logits: tf.Tensor) -> tf.Tensor:
    """Return (mails, labels) how each label counts: the likeliest for, the others against; they sum to nothing."""
    if head == "urgency":
        upper = tf.constant([name in (Urgency.HIGH, Urgency.CRITICAL) for name in names])
        signs = tf.cast(upper, tf.float32) / tf.math.count_nonzero(upper, dtype=tf.float32)
        signs -= tf.cast(~upper, tf.float32) / tf.math.count_nonzero(~upper, dtype=tf.float32)
        return tf.ones_like(logits) * signs
    chosen = tf.one_hot(tf.argmax(logits, axis=1), len(names))
    return chosen - (1.0 - chosen) / max(len(names) - 1, 1)


def _ranges(first: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
    return tf.ragged.range(first, first + length).values


def quantised(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return bytes and the scale per row that turns them back."""
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127.0
    return np.round(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)
