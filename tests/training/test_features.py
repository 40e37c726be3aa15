"""Mails are read together as they are one by one, and cut into batches without loss."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import TINY, letter
from training.features import UNKNOWN_ROW, Vocabulary, batch_of, features_of, learn_vocabulary, rows_of
from training.text import mail_text
from triage.mail import MailText

TEXTS = [
    MailText("Fire", "Smoke in the kitchen! Come now. Come now."),
    MailText("", ""),
    MailText("Rechnung 4711", "Die Rechnung ist falsch.\nBitte prüfen Sie die Rechnung."),
    MailText("", "smoke"),
    MailText("Smoke", ""),
    MailText("", "\u200b … \n\n"),
    MailText("Fire", "Smoke in the kitchen! Come now. Come now."),
]


@pytest.fixture(scope="module")
def features():
    """The features of all the texts, read at once."""
    return features_of(TEXTS)


def seen(features, mail):
    """Return all that is known of a mail, sentence by sentence, without the numbers that depend on its company."""
    own = features.sentences.values[features.sentences.places(np.array([mail]))[0]]
    return [
        (
            bool(features.is_subject[sentence]),
            features.grams.values[features.grams.places(np.array([sentence]))[0]].tolist(),
            features.concepts.values[features.concepts.places(np.array([sentence]))[0]].tolist(),
            [
                (
                    features.distinct[word].tolist(),
                    features.runs.values[features.runs.places(np.array([word]))[0]].tolist(),
                )
                for word in features.words.values[features.words.places(np.array([sentence]))[0]]
            ],
        )
        for sentence in own
    ]


def test_a_mail_reads_alike_in_any_company(features):
    """All at once, two at a time or alone, the same sentences, n-grams, concepts and words are found."""
    by_two = features_of(TEXTS, chunk=2)

    for place, text in enumerate(TEXTS):
        alone = seen(features_of([text]), 0)
        assert seen(features, place) == alone
        assert seen(by_two, place) == alone
    assert np.array_equal(by_two.distinct, features.distinct)


def test_a_distinct_word_is_kept_once(features):
    """Smoke stands in five mails and come twice in one, and both are read once."""
    words = {tuple(entry) for entry in features.distinct.tolist()}

    assert len(words) == len(features.distinct)
    assert len(features.words.values) > len(words)


def test_a_subject_leads_its_mail(features):
    """It is the first sentence and the only one of its kind, even where it is empty."""
    for place in range(len(TEXTS)):
        assert [is_subject for is_subject, *_ in seen(features, place)][:2] == [True, False]
        assert sum(is_subject for is_subject, *_ in seen(features, place)) == 1


def test_an_ngram_of_too_few_mails_gets_no_row(features):
    """Those of two mails get one, in ascending order, and row 0 weighs nothing."""
    mails = np.arange(len(TEXTS))
    counts = {}
    for mail in mails:
        for bucket in features.buckets_of(int(mail)).tolist():
            counts[bucket] = counts.get(bucket, 0) + 1

    vocabulary = learn_vocabulary(features, mails, TINY)

    assert vocabulary.buckets.tolist() == sorted(bucket for bucket, count in counts.items() if count >= TINY.min_mails)
    assert vocabulary.weights[UNKNOWN_ROW] == 0.0
    assert vocabulary.rows(vocabulary.buckets).tolist() == list(range(1, len(vocabulary.buckets) + 1))


def test_the_commonest_ngrams_win_where_rows_are_few(features):
    """With three rows, none of those left out is in more mails than one that got a row."""
    mails = np.arange(len(TEXTS))
    counts = np.bincount(np.concatenate([features.buckets_of(int(mail)) for mail in mails]))

    vocabulary = learn_vocabulary(features, mails, replace(TINY, ngrams=3))

    assert len(vocabulary.buckets) == 3
    assert counts[vocabulary.buckets].min() >= np.delete(counts, vocabulary.buckets).max()


def test_a_batch_without_a_known_ngram_holds_the_unknown_row(features):
    """A sum over nothing has no gradient, so there is one row that weighs nothing."""
    nothing = Vocabulary(np.zeros(0, np.int32), np.zeros(1, np.float32))

    batch = batch_of(features, rows_of(features, nothing), np.array([0, 1]), None)

    for rows, owner in (
        (batch.grams, batch.sentence_of_gram),
        (batch.concepts, batch.sentence_of_concept),
        (batch.runs, batch.word_of_run),
    ):
        assert (rows.tolist(), owner.tolist()) == ([UNKNOWN_ROW], [0])
    assert set(batch.mail.tolist()) == {0, 1}


def test_a_batch_of_empty_mail_has_its_sentences(features):
    """Nothing to read is no reason to lose a mail."""
    rows = rows_of(features, learn_vocabulary(features, np.arange(len(TEXTS)), TINY))

    batch = batch_of(features, rows, np.array([1]), None)

    assert len(batch.words) == 0
    assert set(batch.mail.tolist()) == {0}


def test_a_batch_is_in_the_order_asked_for(features):
    """Owners ascend, and each mail's rows are its own."""
    rows = rows_of(features, learn_vocabulary(features, np.arange(len(TEXTS)), TINY))

    together = batch_of(features, rows, np.array([4, 0, 3]), None)

    for owner in (together.sentence_of_gram, together.sentence_of_concept, together.word_of_run, together.mail):
        assert (np.diff(owner) >= 0).all()
    for place, mail in enumerate((4, 0, 3)):
        alone = batch_of(features, rows, np.array([mail]), None)
        own = together.grams[together.mail[together.sentence_of_gram] == place]
        assert own[own != UNKNOWN_ROW].tolist() == alone.grams[1:].tolist()


def test_what_is_not_kept_is_left_out(features):
    """Keeping nothing leaves the unknown row alone; the words themselves stay."""
    rows = rows_of(features, learn_vocabulary(features, np.arange(len(TEXTS)), TINY))

    batch = batch_of(features, rows, np.array([0]), lambda size: np.zeros(size, np.bool_))

    assert (batch.grams.tolist(), batch.runs.tolist()) == ([UNKNOWN_ROW], [UNKNOWN_ROW])
    assert len(batch.words) > 0


def test_what_is_added_follows_the_mails_own_sentences():
    """A courtesy belongs to the mail it was added to, and no mail gets another's."""
    texts = [mail_text(letter(number)) for number in range(3)] + [MailText("", "Thank you")]
    features = features_of(texts)
    rows = rows_of(features, learn_vocabulary(features, np.array([0, 2, 3, 3]), TINY))

    batch = batch_of(features, rows, np.array([0, 2]), None, np.array([[-1, -1], [3, -1]]))

    plain = batch_of(features, rows, np.array([0, 2]), None)
    assert (np.diff(batch.mail) >= 0).all()
    first, second = np.bincount(plain.mail).tolist()
    added = int(features.sentences.ends[4] - features.sentences.ends[3])
    assert np.bincount(batch.mail).tolist() == [first, second + added]
