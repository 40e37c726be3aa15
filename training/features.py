"""The n-grams of many mails as arrays, computed once and sliced into batches."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import tensorflow as tf

from training.config import RunConfig
from training.ngrams import CHARACTER_BUCKETS, WORD_BUCKETS, ngrams
from triage.mail import MailText

Integers = npt.NDArray[np.int64]

UNKNOWN_ROW = 0


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The n-grams that have a row in the table; row 0 stands for all others and is zero.

    Attributes:
        buckets: The bucket of rows 1, 2, …, ascending, so words come before runs of characters.
        weights: float32 (rows,), inverse document frequency; 0 for row 0.
    """

    buckets: npt.NDArray[np.int32]
    weights: npt.NDArray[np.float32]

    @property
    def first_run(self) -> int:
        """Return the first row that is a run of characters."""
        return int(np.searchsorted(self.buckets, WORD_BUCKETS)) + 1

    def rows(self, buckets: Integers) -> npt.NDArray[np.int32]:
        """Return the row of each bucket."""
        row_of_bucket = np.zeros(WORD_BUCKETS + CHARACTER_BUCKETS, np.int32)
        row_of_bucket[self.buckets] = np.arange(1, len(self.buckets) + 1)
        return np.asarray(row_of_bucket[buckets])


@dataclass(frozen=True, slots=True)
class Features:
    """The n-grams of mails, one after the other.

    Attributes:
        buckets: int64 (n-grams,), sentence by sentence.
        sentence_ends: (sentences + 1,), where each sentence's n-grams begin and the last one's end.
        is_subject: bool (sentences,).
        mail_ends: (mails + 1,), the same for the sentences of each mail.
        courtesies: Per mail that may be learned from, the places of courtesies that may be added to it in training.
    """

    buckets: Integers
    sentence_ends: Integers
    is_subject: npt.NDArray[np.bool_]
    mail_ends: Integers
    courtesies: Sequence[range] = ()

    def __len__(self) -> int:
        return len(self.mail_ends) - 1

    def of_mail(self, mail: int) -> slice:
        """Return where the n-grams of one mail lie."""
        first, last = self.mail_ends[mail : mail + 2]
        return slice(int(self.sentence_ends[first]), int(self.sentence_ends[last]))


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of the table for some mails, ready for the model: see `architecture.Pooled`."""

    rows: npt.NDArray[np.int32]
    sentence: npt.NDArray[np.int32]
    mail: npt.NDArray[np.int32]
    is_subject: npt.NDArray[np.float32]


def features_of(texts: Sequence[MailText], *, chunk: int = 256) -> Features:
    """Read all mails through the graph that serving uses."""
    parts = [_chunk_features(texts[start : start + chunk]) for start in range(0, len(texts), chunk)]
    return Features(
        buckets=np.concatenate([part.buckets for part in parts]),
        sentence_ends=_joined([part.sentence_ends for part in parts]),
        is_subject=np.concatenate([part.is_subject for part in parts]),
        mail_ends=_joined([part.mail_ends for part in parts]),
    )


def learn_vocabulary(features: Features, mails: Integers, config: RunConfig) -> Vocabulary:
    """Give a row to the n-grams that occur in most of these mails."""
    counts = np.zeros(WORD_BUCKETS + CHARACTER_BUCKETS, np.int64)
    for mail in mails:
        own = features.of_mail(int(mail))
        counts[np.unique(features.buckets[own])] += 1
    frequent = np.argsort(-counts, kind="stable")[: config.ngrams]
    buckets = np.sort(frequent[counts[frequent] >= config.min_mails]).astype(np.int32)
    weights = np.log((len(mails) + 1) / (counts[buckets] + 1)) + 0.3
    return Vocabulary(buckets, np.insert(weights, 0, 0.0).astype(np.float32))


def batch_of(
    features: Features,
    rows: npt.NDArray[np.int32],
    mails: Integers,
    keep: Callable[[int], npt.NDArray[np.bool_]] | None,
    added: Integers | None = None,
) -> Batch:
    """Cut some mails out; n-grams without a row are left out, and those that `keep` does not choose.

    `added`, (mails, any), names others whose sentences follow a mail's own, -1 for none.
    """
    texts, owner = mails, np.arange(len(mails))
    if added is not None:
        # Each mail is followed by what is added to it, for sentences must come in the order of mails.
        together = np.column_stack([mails, added])
        texts, owner = together[together >= 0], np.nonzero(together >= 0)[0]
    sentences = np.concatenate([np.arange(*features.mail_ends[text : text + 2]) for text in texts])
    lengths = features.sentence_ends[sentences + 1] - features.sentence_ends[sentences]
    cut = np.concatenate([rows[features.of_mail(int(text))] for text in texts])
    chosen = cut != UNKNOWN_ROW
    if keep is not None:
        chosen &= keep(len(cut))
    counts = features.mail_ends[texts + 1] - features.mail_ends[texts]
    return Batch(
        rows=cut[chosen],
        sentence=np.repeat(np.arange(len(sentences), dtype=np.int32), lengths)[chosen],
        mail=np.repeat(owner.astype(np.int32), counts),
        is_subject=features.is_subject[sentences].astype(np.float32),
    )


_ngrams = tf.function(ngrams, input_signature=[tf.TensorSpec([None], tf.string)] * 2, autograph=False)


def _chunk_features(texts: Sequence[MailText]) -> Features:
    found = _ngrams(tf.constant([text.subject for text in texts]), tf.constant([text.body for text in texts]))
    mail, is_subject = found.mail.numpy(), found.is_subject.numpy()
    # Sentences come subjects first; a stable sort brings each mail's together, its subject leading.
    order = np.argsort(mail, kind="stable")
    place = np.argsort(order, kind="stable")
    buckets = np.concatenate([group[0].numpy() for group in found.groups])
    sentence = place[np.concatenate([group[1].numpy() for group in found.groups])]
    by_sentence = np.argsort(sentence, kind="stable")
    return Features(
        buckets=buckets[by_sentence],
        sentence_ends=np.searchsorted(sentence[by_sentence], np.arange(len(mail) + 1)),
        is_subject=is_subject[order],
        mail_ends=np.searchsorted(mail[order], np.arange(len(texts) + 1)),
    )


def _joined(ends: list[Integers]) -> Integers:
    offsets = np.cumsum([0, *(part[-1] for part in ends[:-1])])
    return np.concatenate([[0], *(part[1:] + offset for part, offset in zip(ends, offsets, strict=True))])
