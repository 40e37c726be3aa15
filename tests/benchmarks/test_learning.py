"""What is measured of learners, and how results are kept."""

import json
from collections import Counter

import pytest

from benchmarks.learners import Guess
from benchmarks.learning.figures import confidence_figures, f1_of_topics, macro_f1
from benchmarks.learning.results import Results
from benchmarks.learning.shuffled import shuffled_labels
from benchmarks.mailboxes import Labelled
from triage.mail import MailText


def sure(*topics):
    return [Guess(topic, 1.0) for topic in topics]


def test_f1_counts_what_was_missed_and_what_was_wrongly_given():
    """Two letters of which one is found, and nothing else taken for one: precision 1, recall 1/2."""
    truth, guesses = ["letter", "letter", "invoice"], sure("letter", "invoice", "invoice")

    f1 = f1_of_topics(truth, guesses, ["letter", "invoice"])

    assert f1 == {"letter": pytest.approx(2 / 3), "invoice": pytest.approx(2 / 3)}


def test_a_topic_that_nobody_guesses_counts_as_nothing():
    """Macro-F1 is over the topics that there are, so a learner cannot leave one out for free."""
    assert macro_f1(["a", "a", "b"], sure("a", "a", "a"), ["a", "b"]) == pytest.approx(0.4)
    assert macro_f1(["a"], sure("a"), ["a", "b"]) == 0.5


def test_confidence_is_judged_on_all_mail_and_precision_on_what_is_applied():
    """Four guesses at 75 % of which three are right are calibrated; of the two applied one is wrong."""
    guesses = [Guess("a", 0.75, applied) for applied in (True, True, False, False)]

    figures = confidence_figures(["a", "b", "a", "a"], guesses)

    assert figures == {"ece": pytest.approx(0.0), "applied": 0.5, "applied_precision": 0.5}


def test_nothing_applied_has_no_precision():
    """A learner that only suggests is neither right nor wrong."""
    assert confidence_figures(["a"], [Guess("a", 0.4, applied=False)])["applied_precision"] is None


def test_shuffling_exchanges_a_share_of_the_labels_and_invents_none():
    """At most 30 of 100 labels are others than before, most of the 30 are, and there are as many of each topic."""
    mails = tuple(MailText("", str(number)) for number in range(100))
    labelled = Labelled(mails, tuple("abcde"[number % 5] for number in range(100)))

    shuffled = shuffled_labels(labelled, 0.3, seed=1)

    changed = sum(one != other for one, other in zip(labelled.topics, shuffled.topics, strict=True))
    assert 15 <= changed <= 30
    assert shuffled.mails == labelled.mails
    assert Counter(shuffled.topics) == Counter(labelled.topics)


def test_a_row_takes_the_place_of_its_former_one_and_of_no_other(tmp_path):
    """A run that was stopped goes on: what is in the file is known, and an answer given again replaces the old."""
    names = {"question": "story", "set": "tickets", "labels": 10, "seed": 1, "contender": "Triage, memory"}
    path = tmp_path / "learning.json"
    results = Results(path)
    results.keep(names | {"macro_f1": 0.5})
    results.keep(names | {"labels": 50, "macro_f1": 0.7})

    again = Results(path)
    again.keep(names | {"macro_f1": 0.6})

    assert again.has(names)
    assert not again.has(names | {"seed": 2})
    assert [row["macro_f1"] for row in json.loads(path.read_text())["rows"]] == [0.6, 0.7]
