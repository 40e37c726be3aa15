"""Some mails as sequences of words, ready for the deep stage."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from training.features import Features, Integers, Vocabulary


@dataclass(frozen=True, slots=True)
class WordRows:
    """Every distinct word of some features, as rows of a table.

    Attributes:
        entries: int32 (distinct words, 3), the rows of the word, its concept and its class; 0 for none.
        runs: int32, the rows of all words' runs of characters, in the order of `Features.runs`.
    """

    entries: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Sequences:
    """A batch.

    Attributes:
        entries: int32 (distinct words, 3), as in `WordRows`.
        runs: int32 rows of the runs of the batch's distinct words.
        word_of_run: int32, ascending.
        words: int32 (mails, longest), which of the batch's distinct words stands there.
        is_subject: int32 (mails, longest), 1 for a word of the subject.
        there: float32 (mails, longest), 1 where there is a word.
    """

    entries: npt.NDArray[np.int32]
    runs: npt.NDArray[np.int32]
    word_of_run: npt.NDArray[np.int32]
    words: npt.NDArray[np.int32]
    is_subject: npt.NDArray[np.int32]
    there: npt.NDArray[np.float32]


def word_rows_of(features: Features, vocabulary: Vocabulary) -> WordRows:
    """Look every distinct word up."""
    return WordRows(vocabulary.rows(features.distinct), vocabulary.rows(features.runs.values))


def sequences_of(
    features: Features, rows: WordRows, mails: Integers, longest: int, added: Integers | None = None
) -> Sequences:
    """Cut some mails out, `longest` words of each at most.

    `added`, (mails, any), names texts whose words follow a mail's own, -1 for none.
    """
    together = mails[:, None] if added is None else np.column_stack([mails, added])
    owner = np.nonzero(together >= 0)[0]
    places, text = features.sentences.places(together[together >= 0])
    sentences = features.sentences.values[places]
    place_of_word, sentence = features.words.places(sentences)
    mail = owner[text[sentence]]
    position = np.arange(len(mail)) - np.searchsorted(mail, np.arange(len(mails)))[mail]
    kept = position < longest
    mail, position = mail[kept], position[kept]
    distinct, word = np.unique(features.words.values[place_of_word[kept]], return_inverse=True)
    run_places, word_of_run = features.runs.places(distinct)
    shape = (len(mails), int(position.max(initial=0)) + 1)
    words, is_subject, there = np.zeros(shape, np.int32), np.zeros(shape, np.int32), np.zeros(shape, np.float32)
    words[mail, position] = word
    is_subject[mail, position] = features.is_subject[sentences[sentence[kept]]]
    there[mail, position] = 1.0
    # Mails without a word still need a row to point at; it stands nowhere.
    entries = rows.entries[distinct] if len(distinct) else np.zeros((1, 3), np.int32)
    return Sequences(
        entries=entries,
        # The first row of all, which is zero, stands in where no word has a run: sums over nothing have no gradient.
        runs=np.insert(rows.runs[run_places], 0, 0),
        word_of_run=np.insert(word_of_run, 0, 0).astype(np.int32),
        words=words,
        is_subject=is_subject,
        there=there,
    )
