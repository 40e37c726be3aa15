"""A trained model as one TensorFlow program: strings in, calibrated probabilities out.

On disk a table is int8, a quarter of its size, with a scale per row and member. `prepare`, called once after loading,
expands it to float32 with n-gram weights multiplied in, because the fused gather-and-sum that makes reading fast takes
no less.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.architecture import Pooled, attention_columns, by_head, mean_logits, member_logits
from training.concepts import BUCKETS, LEXICON_BUCKETS, Concept, Tables, concepts, lexicon, rows_of_distinct
from training.config import RunConfig
from training.deep.cascade import Cascade
from training.deep.fit import DeepWeights
from training.deep.network import Placed, deep_logits, word_vectors
from training.fit import Weights
from training.heads import Heads
from training.languages import DOUBT, LANGUAGES, language_odds
from training.ngrams import Ngrams, ngrams
from triage.labels import Language, Urgency

_TEXTS = [tf.TensorSpec([None], tf.string, "subject"), tf.TensorSpec([None], tf.string, "body")]


@dataclass(frozen=True, slots=True)
class DeepStage:
    """A trained deep stage and how far it is believed."""

    weights: DeepWeights
    cascade: Cascade


class ReadingGraph(tf.Module):  # type: ignore[misc]
    """The program that a bundle holds: `prepare` once, then `serve` and `explain`, and `deepen` with a deep stage."""

    def __init__(
        self,
        weights: Weights,
        temperatures: Mapping[str, float],
        config: RunConfig,
        heads: Heads,
        deep: DeepStage | None = None,
    ) -> None:
        super().__init__()
        vocabulary = weights.vocabulary
        self._config, self._heads, self._temperatures = config, dict(heads), dict(temperatures)
        self._buckets = tf.Variable(vocabulary.buckets, trainable=False)
        self._ngram_weights = tf.Variable(vocabulary.weights, trainable=False)
        members = np.split(weights.table, attention_columns(config), axis=1)
        self._bytes = [tf.Variable(_quantised(member)[0], trainable=False) for member in members]
        self._scales = [tf.Variable(_quantised(member)[1], trainable=False) for member in members]
        self._dense = {name.replace("/", "_"): tf.Variable(value) for name, value in weights.dense.items()}
        self._names = {name: name.replace("/", "_") for name in weights.dense}
        known = lexicon()
        self._hashes = tf.Variable(np.insert(known.hashes, 0, 0), trainable=False)
        self._concepts_of_entry = tf.Variable(np.insert(known.concepts, 0, 0), trainable=False)
        self._kinds_of_entry = tf.Variable(np.insert(known.kinds, 0, 0), trainable=False)
        self._content = tf.Variable(known.content, trainable=False)
        self._cascade = deep.cascade if deep else None
        if deep:
            bytes_, scales = _quantised(deep.weights.table)
            self._deep_bytes, self._deep_scales = (
                tf.Variable(bytes_, trainable=False),
                tf.Variable(scales, trainable=False),
            )
            self._deep_dense = {
                name.replace("/", "_"): tf.Variable(value) for name, value in deep.weights.dense.items()
            }
            self._deep_names = {name: name.replace("/", "_") for name in deep.weights.dense}
            shape = tf.TensorShape([None, config.deep.width])
            self._deep_table = tf.Variable(tf.zeros([0, config.deep.width]), shape=shape, trainable=False)
        columns = weights.table.shape[1] + 1
        # Empty on disk; `prepare` fills them.
        self._table = tf.Variable(tf.zeros([0, columns]), shape=tf.TensorShape([None, columns]), trainable=False)
        self._row_of_bucket, self._entry_of_bucket = (
            tf.Variable(tf.zeros([0], tf.int32), shape=tf.TensorShape([None]), trainable=False) for _ in range(2)
        )

    @tf.function(input_signature=_TEXTS, autograph=False)  # type: ignore[untyped-decorator]
    def serve(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return probabilities per head, float32 (mails, labels of the head)."""
        found = ngrams(subject, body)
        mails = tf.size(subject)
        logits = self._logits(self._pooled(found, self._concepts(found), self._of_distinct(found), mails))
        return {head: tf.nn.softmax(value) for head, value in _doubted(logits, found, mails).items()}

    @tf.function(input_signature=_TEXTS, autograph=False)  # type: ignore[untyped-decorator]
    def deepen(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return what both stages believe together, as `serve` returns what the fast one does."""
        found = ngrams(subject, body)
        mails = tf.size(subject)
        logits = self._logits(self._pooled(found, self._concepts(found), self._of_distinct(found), mails))
        logits = _doubted(logits, found, mails)
        language = tf.one_hot(tf.argmax(logits["language"], axis=1), len(LANGUAGES))
        cascade = self._cascade
        if cascade is None:
            raise AssertionError("only a model with a deep stage has this signature")
        said = deep_logits(
            self._placed(found, mails), self._deep_weights(), self._deep_heads(), self._config.deep, learning=False
        )
        for head, own in said.items():
            # In a language that neither stage has learned the fast one is believed alone.
            shares = [cascade.shares[head].get(str(name), 0.0) for name in LANGUAGES]
            share = tf.reduce_sum(language * tf.constant(shares, tf.float32), axis=1, keepdims=True)
            fast = tf.nn.log_softmax(logits[head])
            deep = tf.nn.log_softmax(own / cascade.deep_temperatures[head])
            mixed = ((1.0 - share) * fast + share * deep) / cascade.temperatures[head]
            logits[head] = tf.where(share > 0.0, mixed, fast)
        return {head: tf.nn.softmax(value) for head, value in logits.items()}

    @tf.function(input_signature=_TEXTS, autograph=False)  # type: ignore[untyped-decorator]
    def explain(self, subject: tf.Tensor, body: tf.Tensor) -> dict[str, tf.Tensor]:
        """Return what each word did to the likeliest label of each head, language apart.

        Returns:
            `word`: string (words,), as the model reads it; `mail`: int64 (words,), the mail each stands in, in order of
            the text but for subjects, which come before all bodies; and per head float32 (words,), how far the word
            raised the score of the likeliest label over the others' mean (for urgency: of the two upper steps over
            the two lower). The linear member's part is exact: over a mail it sums to that member's share of the
            score less its bias. The attention members' part is gradient times input.
        """
        found = ngrams(subject, body)
        said, of_distinct = self._concepts(found), self._of_distinct(found)
        pooled = self._pooled(found, said, of_distinct, tf.size(subject))
        inputs = [pooled.words, pooled.runs, pooled.concepts]
        with tf.GradientTape(persistent=True) as tape:
            tape.watch(inputs)
            logits = self._logits(pooled)
            scores = {head: _score(head, names, logits[head]) for head, names in self._explained().items()}
        # The last column is a length; to hold it fixed is what makes the linear part additive.
        of_scores = [tape.gradient(score, inputs) for score in scores.values()]
        slopes = [tf.stack([of_score[kind][:, :-1] for of_score in of_scores], axis=1) for kind in range(len(inputs))]
        effects = self._effects(found, said, of_distinct, slopes)
        letters = tf.RaggedTensor.from_row_lengths(
            tf.gather(found.points, _ranges(found.first_point, found.word_length)), found.word_length, validate=False
        )
        return {
            "word": tf.strings.unicode_encode(letters, "UTF-8"),
            "mail": tf.gather(found.mail, found.sentence_of_word),
        } | {head: effects[:, place] for place, head in enumerate(scores)}

    @tf.function(input_signature=[], autograph=False)  # type: ignore[untyped-decorator]
    def prepare(self) -> None:
        """Expand the tables; without it nothing can be read."""
        parts = [tf.cast(b, tf.float32) * s[:, None] for b, s in zip(self._bytes, self._scales, strict=True)]
        weight = self._ngram_weights[:, None]
        self._table.assign(tf.concat([*[part * weight for part in parts], weight * weight], axis=1))
        places = tf.range(1, tf.size(self._buckets) + 1)
        self._row_of_bucket.assign(tf.scatter_nd(self._buckets[:, None], places, [BUCKETS]))
        # Entry 0 is no word; it must not take the place of one.
        entries = tf.range(1, tf.size(self._hashes))
        self._entry_of_bucket.assign(
            tf.scatter_nd((self._hashes[1:] % LEXICON_BUCKETS)[:, None], entries, [LEXICON_BUCKETS])
        )
        if self._cascade:
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

    def _logits(self, pooled: Pooled) -> dict[str, tf.Tensor]:
        dense = {name: self._dense[stored] for name, stored in self._names.items()}
        logits = by_head(mean_logits(member_logits(pooled, dense, self._config)), self._heads)
        return {head: value / self._temperatures[head] for head, value in logits.items()}

    def _concepts(self, found: Ngrams) -> list[Concept]:
        return concepts(found, self._tables())

    def _tables(self) -> Tables:
        return Tables(
            self._entry_of_bucket,
            self._hashes,
            self._concepts_of_entry,
            self._kinds_of_entry,
            tf.convert_to_tensor(self._content),
        )

    def _of_distinct(self, found: Ngrams) -> tf.Tensor:
        """Return the sum of each distinct word's runs of characters: (distinct words, columns)."""
        distinct = tf.size(found.distinct)
        return tf.add_n([self._summed(run, word, distinct) for run, word in found.runs])

    def _pooled(self, found: Ngrams, said: Sequence[Concept], of_distinct: tf.Tensor, mails: tf.Tensor) -> Pooled:
        sentences = tf.size(found.mail)
        # One call per kind: the fused sum wants ascending owners, and they are so only within a kind.
        words = self._summed(found.words, found.sentence_of_word, sentences)
        pairs = self._summed(found.pairs, found.sentence_of_pair, sentences)
        runs = tf.sparse.segment_sum(
            of_distinct, found.distinct_of_word, found.sentence_of_word, num_segments=sentences
        )
        of_sentence = [tf.gather(found.sentence_of_word, concept.first_word) for concept in said]
        known = tf.add_n(
            [self._summed(one.bucket, owner, sentences) for one, owner in zip(said, of_sentence, strict=True)]
        )
        return Pooled(words + pairs, runs, known, found.mail, tf.cast(found.is_subject, tf.float32), mails)

    def _summed(self, buckets: tf.Tensor, owner: tf.Tensor, owners: tf.Tensor) -> tf.Tensor:
        rows = tf.gather(self._row_of_bucket, buckets)
        return tf.sparse.segment_sum(self._table, rows, owner, num_segments=owners)

    def _explained(self) -> Heads:
        return {head: names for head, names in self._heads.items() if head != "language"}

    def _effects(
        self, found: Ngrams, said: Sequence[Concept], of_distinct: tf.Tensor, slopes: Sequence[tf.Tensor]
    ) -> tf.Tensor:
        """Return (words, heads): every n-gram's effect goes to the words it lies in, a pair's to both in halves."""
        of_words, of_runs, of_concepts = slopes
        count = tf.size(found.words)

        def row_effect(bucket: tf.Tensor, word: tf.Tensor, slope: tf.Tensor) -> tf.Tensor:
            rows = tf.gather(self._table, tf.gather(self._row_of_bucket, bucket))
            return _along(rows, tf.gather(slope, tf.gather(found.sentence_of_word, word)))

        effects = row_effect(found.words, tf.range(count), of_words)
        effects += _along(tf.gather(of_distinct, found.distinct_of_word), tf.gather(of_runs, found.sentence_of_word))
        first = tf.where(found.sentence_of_word[1:] == found.sentence_of_word[:-1])[:, 0]
        halves = [(found.pairs, first, first + 1, of_words)]
        halves += [(one.bucket, one.first_word, one.last_word, of_concepts) for one in said]
        for bucket, word, other, slope in halves:
            half = row_effect(bucket, word, slope) / 2.0
            effects += tf.math.unsorted_segment_sum(half, word, count)
            effects += tf.math.unsorted_segment_sum(half, other, count)
        return effects


def _doubted(logits: Mapping[str, tf.Tensor], found: Ngrams, mails: tf.Tensor) -> dict[str, tf.Tensor]:
    """Tell the language, and believe less of a mail in one that was not learned."""
    # A model that learned of no language, for a benchmark say, has none to tell.
    if "language" not in logits:
        return dict(logits)
    language = language_odds(logits["language"], found, mails)
    other = tf.nn.softmax(language)[:, LANGUAGES.index(Language.OTHER)]
    doubt = 1.0 + (DOUBT - 1.0) * other[:, None]
    return {head: value / doubt for head, value in logits.items()} | {"language": language}


def _score(head: str, names: Sequence[str], logits: tf.Tensor) -> tf.Tensor:
    """Return (mails,): how far the likeliest label stands above the others, or the upper steps above the lower."""
    if head == "urgency":
        upper = tf.constant([name in (Urgency.HIGH, Urgency.CRITICAL) for name in names])
        return tf.reduce_mean(tf.boolean_mask(logits, upper, axis=1), axis=1) - tf.reduce_mean(
            tf.boolean_mask(logits, ~upper, axis=1), axis=1
        )
    chosen = tf.one_hot(tf.argmax(logits, axis=1), len(names))
    others = (1.0 - chosen) / max(len(names) - 1, 1)
    return tf.reduce_sum(logits * (chosen - others), axis=1)


def _along(rows: tf.Tensor, slope: tf.Tensor) -> tf.Tensor:
    """Return (words, heads): rows (words, columns + 1) along slopes (words, heads, columns)."""
    return tf.einsum("wc,whc->wh", rows[:, :-1], slope)


def _ranges(first: tf.Tensor, length: tf.Tensor) -> tf.Tensor:
    return tf.ragged.range(first, first + length).values


def _quantised(rows: npt.NDArray[np.float32]) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Return bytes and the scale per row that turns them back."""
    scale = np.maximum(np.abs(rows).max(axis=1), 1e-12) / 127.0
    return np.round(rows / scale[:, None]).astype(np.int8), scale.astype(np.float32)
