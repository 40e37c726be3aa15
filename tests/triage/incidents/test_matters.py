"""Which mails are about one matter, by arithmetic alone."""

from datetime import timedelta

import numpy as np

from tests.make import NOW
from triage.incidents.matters import Mails, group
from triage.incidents.words import shared_words
from triage.memory.sketch import unit

COLUMNS = 64


def mails(words, *, pressing=(), embeddings=None):
    """Mails with these columns of words each, one second after the other."""
    rows = np.zeros((len(words), COLUMNS), np.float32)
    for row, columns in enumerate(words):
        rows[row, list(columns)] = 1.0
    meaning = np.ones((len(words), 2), np.float32) if embeddings is None else np.array(embeddings, np.float32)
    press = np.array([row in pressing for row in range(len(words))])
    moments = [NOW + timedelta(seconds=row) for row in range(len(words))]
    return Mails(unit(rows), unit(meaning), press, moments, np.ones(len(words), np.bool_))


def members(matters):
    """The mails of each matter."""
    return sorted(sorted(matter.joined) for matter in matters)


def test_two_languages_of_one_matter_become_one_and_two_matters_do_not():
    """Few words in common are enough where the means mean the same; as many are not where they mean other things."""
    english, german = [{0, 1, 2, 3, 10 + n} for n in range(5)], [{0, 5, 6, 7, 20 + n} for n in range(5)]

    same = group(mails([*english, *german]), [])
    other = group(mails([*english, *german], embeddings=[*[(1, 0)] * 5, *[(0.6, 0.8)] * 5]), [])

    assert members(same) == [list(range(10))]
    assert members(other) == [[0, 1, 2, 3, 4], [5, 6, 7, 8, 9]]


def test_pressing_mail_that_is_little_like_a_calm_matter_stays_alone():
    """What joins when it is ordinary does not when it is critical and the others are not."""
    calm = [{0, 1, 2, 3, 10 + n} for n in range(5)]
    odd = {0, 40, 41, 42}

    assert members(group(mails([*calm, odd]), [])) == [[0, 1, 2, 3, 4, 5]]
    assert members(group(mails([*calm, odd], pressing={5}), [])) == [[0, 1, 2, 3, 4]]


def test_shared_words_are_those_that_others_do_not_use():
    """What all mail says tells nothing; a word is spelled as most spell it."""
    about = ["Hello, the LIFT is stuck", "Hello, lift stuck", "hello the Lift", "Lift stuck again"]
    others = ["Hello, the invoice", "hello the parcel", "Hello the appointment"]

    assert shared_words(about, others)[:2] == ["Lift", "stuck"]
