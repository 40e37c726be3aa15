"""Real mail: labels in this repository, texts beside it, and the judged three hundred apart from what is learned."""

import re
from collections import Counter, defaultdict

import pytest

from training.corpus.public import PUBLIC_SETS
from training.corpus.real import CHARACTERS, LABELS, judged_real_mail, more_real_mail, real_mail_is_here
from training.near_duplicates import ALIKE, SHINGLE_WORDS, near_duplicate_groups
from triage.errors import InvalidSubmission
from triage.labels import Language, Sentiment, Topic, Urgency

ROWS = [line.split("\t") for line in LABELS.read_text(encoding="utf-8").splitlines()]


@pytest.fixture(scope="module")
def more(shared_data):
    """The mail that is learned from; reading its archive takes seconds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_PUBLIC_DATA", str(shared_data))
        return more_real_mail()


@pytest.fixture(scope="module")
def judged(shared_data):
    """The three hundred."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_PUBLIC_DATA", str(shared_data))
        return judged_real_mail()


def shingles(example):
    """Return the runs of words of a text, for a comparison of all pairs."""
    words = re.sub(r"[\W_]+", " ", re.sub(r"\d+", "0", f"{example.subject}\n{example.body}".lower())).split()
    return {tuple(words[place : place + SHINGLE_WORDS]) for place in range(max(len(words) - SHINGLE_WORDS + 1, 1))}


def test_every_row_of_labels_is_well_formed():
    """An id of its own and four labels that we know."""
    assert len({name for name, *_ in ROWS}) == len(ROWS)
    for _, topic, sentiment, urgency, action in ROWS:
        assert topic in set(Topic)
        assert sentiment in set(Sentiment)
        assert urgency in set(Urgency)
        assert action in {"yes", "no"}


def test_every_row_of_labels_has_its_text(more):
    """In the order of the file, with the labels of the file, and no longer than the labellers saw."""
    assert [example.id for example in more] == [name for name, *_ in ROWS]
    assert [(str(example.topic), example.action_required) for example in more] == [
        (topic, action == "yes") for _, topic, _, _, action in ROWS
    ]
    assert all(example.subject or example.body for example in more)
    assert max(len(example.body) for example in more) <= CHARACTERS
    assert {example.language for example in more} == {Language.ENGLISH}


def test_the_judged_are_three_hundred_with_every_label(judged):
    """Each by our guide, with an id of its own."""
    assert len({example.id for example in judged}) == 300
    assert all(
        None not in (example.topic, example.sentiment, example.urgency, example.action_required) for example in judged
    )


def test_no_near_duplicate_of_a_judged_mail_is_learned_from(judged, more):
    """Whoever learned a mail by heart would shine on its twin."""
    groups = near_duplicate_groups([f"{example.subject}\n{example.body}" for example in [*judged, *more]])

    assert [mail.id for mail, group in zip(more, groups[len(judged) :], strict=True) if group < len(judged)] == []


def test_no_pair_of_judged_and_learned_mail_shares_too_much(judged, more):
    """All pairs compared, without the shortcut that finds most of them."""
    of_judged, of_more = ({example.id: shingles(example) for example in side} for side in (judged, more))
    holders = defaultdict(list)
    for name, own in of_judged.items():
        for shingle in own:
            holders[shingle].append(name)

    common = Counter(
        (one, other) for other, theirs in of_more.items() for shingle in theirs for one in holders.get(shingle, ())
    )

    alike = [
        (one, other)
        for (one, other), count in common.items()
        if count >= ALIKE * (len(of_judged[one]) + len(of_more[other]) - count)
    ]

    assert alike == []


def test_without_the_texts_it_is_said_that_they_are_not_here(tmp_path, monkeypatch):
    """Asking for them then is refused in one sentence."""
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(tmp_path))

    assert not real_mail_is_here()
    with pytest.raises(InvalidSubmission, match="TRIAGE_PUBLIC_DATA"):
        more_real_mail()


def test_what_it_is_made_of_may_be_given_away():
    """The shipped model learns from it."""
    assert all(PUBLIC_SETS[name].may_ship for name in ("real-mail-labelled", "complaints-cfpb", "spamassassin-raw"))
