"""The n-grams of many mails as arrays, computed once and sliced into batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.concepts import BUCKETS, Concept, concepts, lexicon, rows_of_distinct
from training.config import RunConfig
from training.ngrams import Ngrams, ngrams
from triage.mail import MailText

Integers = npt.NDArray[np.int64]
Keep = Callable[[int], npt.NDArray[np.bool_]]

UNKNOWN_ROW = 0


@dataclass(frozen=True, slots=True)
class Lists:
    """Lists of unequal length, one after the other.

    Attributes:
        values: int64 (values,).
        ends: int64 (lists + 1,), where each list begins and the last one ends.
    """

    values: Integers
    ends: Integers

    def __len__(self) -> int:
        return len(self.ends) - 1

    def places(self, lists: Integers) -> tuple[Integers, Integers]:
        """Return where the values of some lists lie, and which of the chosen lists each belongs to."""
        lengths = self.ends[lists + 1] - self.ends[lists]
        owner = np.repeat(np.arange(len(lists)), lengths)
        first = np.repeat(self.ends[lists] - (np.cumsum(lengths) - lengths), lengths)
        return first + np.arange(len(owner)), owner


@dataclass(frozen=True, slots=True)
class Features:
    """The n-grams of mails.

    Attributes:
        grams: Per sentence, the buckets of its words and pairs of words.
        concepts: Per sentence, the buckets of what the lexicon says of its words.
        words: Per sentence, which distinct word each of its words is.
        runs: Per distinct word, the buckets of its runs of characters.
        distinct: int64 (distinct words, 3), the buckets of the word, its concept and its class, where the lexicon knows
            none a bucket that has no row.
        sentences: Per mail, its sentences; their numbers ascend over all mails.
        is_subject: bool (sentences,).
        courtesies: Per mail that may be learned from, the places of courtesies that may be added to it in training.
        commands: The places of sentences that try to command the sorter; any mail may be given one in training.
    """

    grams: Lists
    concepts: Lists
    words: Lists
    runs: Lists
    distinct: Integers
    sentences: Lists
    is_subject: npt.NDArray[np.bool_]
    courtesies: Sequence[range] = ()
    commands: range = range(0)

    def __len__(self) -> int:
        return len(self.sentences)

    def buckets_of(self, mail: int) -> Integers:
        """Return the distinct buckets of one mail, ascending."""
        own = self.sentences.places(np.array([mail]))[0]
        words = np.unique(self.words.values[self.words.places(own)[0]])
        grams = self.grams.values[self.grams.places(own)[0]]
        concepts = self.concepts.values[self.concepts.places(own)[0]]
        return np.unique(np.concatenate([grams, concepts, self.runs.values[self.runs.places(words)[0]]]))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams that have a row in the table; row 0 stands for all others and is zero.

    Attributes:
        buckets: The bucket of rows 1, 2, …, ascending, so words come before runs of characters.
        weights: float32 (rows,), inverse document frequency; 0 for row 0.
    """

    buckets: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]

    def rows(self, buckets: Integers) -> npt.NDArray[np.int32]:
        """Return the row of each bucket."""
        row_of_bucket = np.zeros(BUCKETS, np.int32)
        row_of_bucket[self.buckets] = np.arange(1, len(self.buckets) + 1)
        return np.asarray(row_of_bucket[buckets])


@dataclass(frozen=True, slots=True)
class Rows:
    """Features as rows of a table: the row of each value of `grams`, `concepts` and `runs`."""

    grams: npt.NDArray[np.int32]
    concepts: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the table for some mails, ready to be pooled.

    Attributes:
        grams: int32 rows of words and pairs.
        sentence_of_gram: int32, ascending.
        concepts: int32 rows of concepts, classes and pairs of classes.
        sentence_of_concept: int32, ascending.
        runs: int32 rows of the runs of the batch's distinct words.
        word_of_run: int32, ascending.
        words: int32, which of the batch's distinct words each word is.
        sentence_of_word: int32, ascending.
        mail: int32 (sentences,), ascending.
        is_subject: float32 (sentences,).
    """

    grams: npt.NDArray[np.int32]
    sentence_of_gram: npt.NDArray[np.int32]
    concepts: npt.NDArray[np.int32]
    sentence_of_concept: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]
    word_of_run: npt.NDArray[np.int32]
    words: npt.NDArray[np.int32]
    sentence_of_word: npt.NDArray[np.int32]
    mail: npt.NDArray[np.int32]
    is_subject: npt.NDArray[np.float32]


def features_of(texts: Sequence[MailText], *, chunk: int = 256) -> Features:
    """Read all mails through the graph that serving uses."""
    parts = [_chunk_features(texts[start : start + chunk]) for start in range(0, len(texts), chunk)]
    hashes = np.concatenate([hashed for hashed, _ in parts])
    _, first, distinct = np.unique(hashes, return_index=True, return_inverse=True)
    offsets = np.cumsum([0, *(len(hashed) for hashed, _ in parts[:-1])])
    runs = _joined([part.runs for _, part in parts])
    kept = runs.places(first)
    return Features(
        grams=_joined([part.grams for _, part in parts]),
        concepts=_joined([part.concepts for _, part in parts]),
        words=_joined(
            [
                replace(part.words, values=distinct[part.words.values + offset])
                for (_, part), offset in zip(parts, offsets, strict=True)
            ]
        ),
        runs=Lists(runs.values[kept[0]], np.searchsorted(kept[1], np.arange(len(first) + 1))),
        distinct=np.concatenate([part.distinct for _, part in parts])[first],
        sentences=_numbered([part.sentences for _, part in parts]),
        is_subject=np.concatenate([part.is_subject for _, part in parts]),
    )


def learn_vocabulary(features: Features, mails: Integers, config: RunConfig) -> Vocabulary:
    """Give a row to the n-grams that occur in most of these mails."""
    counts = mails_of_buckets(features, mails)
    frequent = np.argsort(-counts, kind="stable")[: config.ngrams]
    buckets = np.sort(frequent[counts[frequent] >= config.min_mails]).astype(np.int32)
    weights = np.log((len(mails) + 1) / (counts[buckets] + 1)) + 0.3
    return Vocabulary(buckets, np.insert(weights, 0, 0.0).astype(np.float32))


def mails_of_buckets(features: Features, mails: Integers) -> Integers:
    """Return how many of these mails have each n-gram: int64 (buckets,)."""
    counts = np.zeros(BUCKETS, np.int64)
    for mail in mails:
        counts[features.buckets_of(int(mail))] += 1
    return counts


def rows_of(features: Features, vocabulary: Vocabulary) -> Rows:
    """Look every n-gram up."""
    parts = (features.grams, features.concepts, features.runs)
    return Rows(*(vocabulary.rows(part.values) for part in parts))


def batch_of(
    features: Features, rows: Rows, mails: Integers, keep: Keep | None, added: Integers | None = None
) -> Batch:
    """Cut some mails out; n-grams without a row are left out, and those that `keep` does not choose.

    `added`, (mails, any), names others whose sentences follow a mail's own, -1 for none.
    """
    texts, owner = mails, np.arange(len(mails))
    if added is not None:
        # Each mail is followed by what is added to it, for sentences must come in the order of mails.
        together = np.column_stack([mails, added])
        texts, owner = together[together >= 0], np.nonzero(together >= 0)[0]
    places, text_of_sentence = features.sentences.places(texts)
    sentences = features.sentences.values[places]
    grams, sentence_of_gram = _chosen(features.grams, rows.grams, sentences, keep)
    of_lexicon, sentence_of_concept = _chosen(features.concepts, rows.concepts, sentences, keep)
    places, sentence_of_word = features.words.places(sentences)
    distinct, words = np.unique(features.words.values[places], return_inverse=True)
    runs, word_of_run = _chosen(features.runs, rows.runs, distinct, keep)
    return Batch(
        grams=grams,
        sentence_of_gram=sentence_of_gram,
        concepts=of_lexicon,
        sentence_of_concept=sentence_of_concept,
        runs=runs,
        word_of_run=word_of_run,
        words=words.astype(np.int32),
        sentence_of_word=sentence_of_word.astype(np.int32),
        mail=owner[text_of_sentence].astype(np.int32),
        is_subject=features.is_subject[sentences].astype(np.float32),
    )


def _chosen(
    lists: Lists, rows: npt.NDArray[np.int32], wanted: Integers, keep: Keep | None
) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    places, owner = lists.places(wanted)
    cut = rows[places]
    chosen = cut != UNKNOWN_ROW
    if keep is not None:
        chosen &= keep(len(cut))
    # The gradient of a sum over nothing is uninitialised memory (TensorFlow 2.21), so there is always the unknown row,
    # which weighs nothing.
    return np.insert(cut[chosen], 0, UNKNOWN_ROW), np.insert(owner[chosen], 0, 0).astype(np.int32)


@tf.function(input_signature=[tf.TensorSpec([None], tf.string)] * 2, autograph=False)  # type: ignore[untyped-decorator]
def _read(subject: tf.Tensor, body: tf.Tensor) -> tuple[Ngrams, list[Concept], tf.Tensor]:
    found, tables = ngrams(subject, body), lexicon().tables()
    return found, concepts(found, tables), rows_of_distinct(found, tables)


def _chunk_features(texts: Sequence[MailText]) -> tuple[Integers, Features]:
    """Return the hashes of a chunk's distinct words, and its features by their places among these hashes."""
    found, of_lexicon, of_distinct = _read(
        tf.constant([text.subject for text in texts]), tf.constant([text.body for text in texts])
    )
    mail = found.mail.numpy()
    # Sentences come subjects first; a stable sort brings each mail's together, its subject leading.
    order = np.argsort(mail, kind="stable")
    place = np.argsort(order, kind="stable")
    count = len(mail)
    grams = np.concatenate([found.words.numpy(), found.pairs.numpy()])
    owner = np.concatenate([found.sentence_of_word.numpy(), found.sentence_of_pair.numpy()])
    hashes = found.distinct.numpy()
    runs = [tuple(part.numpy() for part in group) for group in found.runs]
    sentence = place[found.sentence_of_word.numpy()]
    said = np.concatenate([concept.bucket.numpy() for concept in of_lexicon])
    owner_of_said = np.concatenate([sentence[concept.first_word.numpy()] for concept in of_lexicon])
    return hashes, Features(
        grams=_lists(grams, place[owner], count),
        concepts=_lists(said, owner_of_said, count),
        words=_lists(found.distinct_of_word.numpy().astype(np.int64), sentence, count),
        runs=_lists(np.concatenate([run for run, _ in runs]), np.concatenate([word for _, word in runs]), len(hashes)),
        distinct=of_distinct.numpy(),
        sentences=Lists(np.arange(count), np.searchsorted(mail[order], np.arange(len(texts) + 1))),
        is_subject=found.is_subject.numpy()[order],
    )


def _lists(values: Integers, owner: Integers, lists: int) -> Lists:
    order = np.argsort(owner, kind="stable")
    return Lists(values[order], np.searchsorted(owner[order], np.arange(lists + 1)))


def _joined(parts: Sequence[Lists]) -> Lists:
    offsets = np.cumsum([0, *(part.ends[-1] for part in parts[:-1])])
    ends = [part.ends[1:] + offset for part, offset in zip(parts, offsets, strict=True)]
    return Lists(np.concatenate([part.values for part in parts]), np.concatenate([[0], *ends]))


def _numbered(parts: Sequence[Lists]) -> Lists:
    joined = _joined(parts)
    return Lists(np.arange(len(joined.values)), joined.ends)
