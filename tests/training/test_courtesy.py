"""Courtesies added in training change what a mail says, and none of its labels."""

from dataclasses import replace

import numpy as np

from training.config import RunConfig
from training.corpus import Example
from training.courtesy import REQUESTS, courtesy_texts, fitting_courtesies
from training.features import UNKNOWN_ROW, Rows, batch_of, features_of
from triage.labels import Language, Urgency
from triage.mail import MailText

MAIL = Example(
    id="a",
    subject="Bins",
    body="The bins are full.",
    topic=None,
    sentiment=None,
    urgency=Urgency.HIGH,
    action_required=True,
    language=Language.ENGLISH,
    group="a",
    domain="a",
)


def phrases_for(example):
    """Return what may be added to a mail."""
    texts = [text.body for text in courtesy_texts()]
    return {texts[place] for place in fitting_courtesies([example], first=0)[0]}


def test_a_courtesy_is_in_the_language_of_its_mail():
    """English and German mail share no courtesy, and mail of unknown language gets none."""
    english, german = phrases_for(MAIL), phrases_for(replace(MAIL, language=Language.GERMAN))

    assert "Thank you." in english
    assert "Vielen Dank." in german
    assert not english & german
    assert phrases_for(replace(MAIL, language=None)) == set()


def test_a_request_goes_to_mail_alone_that_wants_something_done():
    """Asking for something would make `no action` a false label."""
    for language, requests in REQUESTS.items():
        asking = replace(MAIL, language=language)

        assert set(requests) <= phrases_for(asking)
        assert not set(requests) & phrases_for(replace(asking, action_required=False))
        assert not set(requests) & phrases_for(replace(asking, action_required=None))


def test_calm_mail_is_thanked_like_urgent_mail():
    """Else the phrases themselves would press; but nothing is added where nobody said how urgent a mail is."""
    for urgency in Urgency:
        assert phrases_for(replace(MAIL, urgency=urgency)) == phrases_for(MAIL)
    assert phrases_for(replace(MAIL, urgency=None)) == set()


def test_an_added_text_reads_as_if_the_mail_had_held_it():
    """The n-grams, sentence by sentence, are those of the mail with the courtesy as its last line."""
    thanked = MailText(MAIL.subject, f"{MAIL.body}\nThank you.")
    features = features_of([MailText(MAIL.subject, MAIL.body), MailText("", "Thank you."), thanked])
    # Every bucket has a row of its own.
    rows = Rows(*((lists.values + 1).astype(np.int32) for lists in (features.grams, features.concepts, features.runs)))

    added = batch_of(features, rows, np.array([0]), None, np.array([[-1, 1]]))
    written = batch_of(features, rows, np.array([2]), None)

    assert sorted(rows_by_sentence(added)) == sorted(rows_by_sentence(written))
    assert set(added.mail.tolist()) == {0}


def rows_by_sentence(batch):
    """Return the rows of each sentence that has any, its words' runs of characters included."""
    found = []
    for sentence in range(len(batch.mail)):
        words = batch.words[batch.sentence_of_word == sentence]
        runs = [row for word in words for row in batch.runs[batch.word_of_run == word]]
        grams = batch.grams[batch.sentence_of_gram == sentence]
        said = batch.concepts[batch.sentence_of_concept == sentence]
        found.append(sorted(int(row) for row in [*grams, *said, *runs] if row != UNKNOWN_ROW))
    return [rows for rows in found if rows]


def test_a_run_says_how_often_it_was_polite():
    """The share is a choice of the run like any other."""
    assert 0.0 < RunConfig().courtesy < 1.0
