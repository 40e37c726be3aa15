"""Mails become sequences of words, in order, padded and cut."""

import numpy as np
import pytest

from tests.training.make import TINY
from training.deep.batch import sequences_of, word_rows_of
from training.features import Vocabulary, features_of, learn_vocabulary
from triage.mail import MailText

TEXTS = [
    MailText("Fire", "Smoke in the kitchen. Come now."),
    MailText("", ""),
    MailText("Rechnung", "Smoke"),
    MailText("", "one two three four five six seven eight nine ten"),
    MailText("", "Rechnung"),
]
WORDS = [
    "fire smoke in the kitchen come now",
    "",
    "rechnung smoke",
    "one two three four five six seven eight nine ten",
    "rechnung",
]
EVERYTHING = np.arange(len(TEXTS))


@pytest.fixture(scope="module")
def features():
    """The features of all the texts."""
    return features_of(TEXTS)


@pytest.fixture(scope="module")
def rows(features):
    """Their rows in a table that knows every word."""
    every = np.unique(np.concatenate([features.distinct.ravel(), features.runs.values])).astype(np.int32)
    return word_rows_of(features, Vocabulary(every, np.ones(len(every) + 1, np.float32)))


def standing(batch, place):
    """Return the row of each word of a mail, in order."""
    return batch.entries[batch.words[place][batch.there[place] > 0], 0].tolist()


def test_words_stand_in_the_order_of_the_mail_its_subject_first(features, rows):
    """A mail of the subject's word alone tells which that is."""
    (word,) = standing(sequences_of(features, rows, np.array([4]), 40), 0)

    batch = sequences_of(features, rows, np.array([2]), 40)

    assert standing(batch, 0).index(word) == 0
    assert batch.is_subject.tolist() == [[1, 0]]


def test_every_word_has_a_place_and_padding_has_none(features, rows):
    """As many places as words, from the left."""
    batch = sequences_of(features, rows, EVERYTHING, 40)

    assert batch.there.sum(axis=1).tolist() == [len(words.split()) for words in WORDS]
    assert (np.diff(batch.there, axis=1) <= 0).all()
    assert (batch.is_subject <= batch.there).all()


def test_the_same_word_has_the_same_row_in_every_mail(features, rows):
    """Smoke is the second word of the first mail and of the third."""
    batch = sequences_of(features, rows, EVERYTHING, 40)

    assert standing(batch, 0)[1] == standing(batch, 2)[1]
    assert len(set(standing(batch, 3))) == 10


def test_a_long_mail_is_cut_at_its_end(features, rows):
    """The first words stay as they are, and no mail is longer."""
    whole, cut = (sequences_of(features, rows, EVERYTHING, longest) for longest in (40, 4))

    assert cut.there.sum(axis=1).tolist() == [4, 0, 2, 4, 1]
    assert [standing(cut, place) for place in EVERYTHING] == [standing(whole, place)[:4] for place in EVERYTHING]


def test_mails_stand_in_the_order_asked_for(features, rows):
    """What a mail is batched with changes none of its words."""
    together = sequences_of(features, rows, np.array([3, 0, 1, 0]), 40)

    for place, mail in enumerate((3, 0, 1, 0)):
        assert standing(together, place) == standing(sequences_of(features, rows, np.array([mail]), 40), 0)


def test_mails_without_a_word_have_one_empty_place(features, rows):
    """There is a row to point at, and it stands nowhere."""
    batch = sequences_of(features, rows, np.array([1, 1]), 40)

    assert batch.there.tolist() == [[0.0], [0.0]]
    assert batch.entries.tolist() == [[0, 0, 0]]
    assert (batch.runs.tolist(), batch.word_of_run.tolist()) == ([0], [0])


def test_runs_belong_to_the_words_of_the_batch(features, rows):
    """Their owners ascend, and each word has those that the features give it."""
    batch = sequences_of(features, rows, np.array([2]), 40)

    assert (np.diff(batch.word_of_run) >= 0).all()
    words = np.unique(features.words.values[features.words.places(features.sentences.places(np.array([2]))[0])[0]])
    assert batch.runs[1:].tolist() == rows.runs[features.runs.places(words)[0]].tolist()


def test_a_word_that_the_vocabulary_lacks_has_no_row(features):
    """It is known by such of its runs as have one."""
    few = word_rows_of(features, learn_vocabulary(features, EVERYTHING, TINY))

    batch = sequences_of(features, few, np.array([3]), 40)

    assert standing(batch, 0) == [0] * 10
    assert batch.there.sum() == 10


def test_what_is_added_follows_the_mails_own_words(features, rows):
    """Two mails, of which one is given the words of a third."""
    added = np.array([[-1], [4]])

    batch = sequences_of(features, rows, np.array([0, 2]), 40, added)

    alone, second, third = (standing(sequences_of(features, rows, np.array([mail]), 40), 0) for mail in (0, 2, 4))
    assert [standing(batch, place) for place in (0, 1)] == [alone, second + third]
