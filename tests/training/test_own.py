"""A model of somebody's own mail, with topics of their own."""

from dataclasses import replace

import numpy as np
import pytest

from tests.training.make import TINY, letter
from training.own import FEWEST, train_own
from triage.errors import InvalidSubmission
from triage.mail import MailText
from triage.ranking import likeliest
from triage.serving.manifest import read_manifest
from triage.serving.text import load_text_model

TOPICS = {"boats": "The hull and the mast of our boat want paint", "roses": "The roses in the garden have lice"}
FILLING = ["monday", "harbour", "orange", "lantern", "piano", "ribbon", "saddle", "tunnel", "walnut", "anchor"]


def own_letter(number, topic=None):
    """Return an invented mail about boats or roses, in turn, with a topic of no other product."""
    topic = topic or list(TOPICS)[number % 2]
    words = " ".join(np.random.default_rng(number).choice(FILLING, 12))
    unlabelled = {"sentiment": None, "urgency": None, "action_required": None, "language": None}
    return replace(letter(number), subject="", body=f"{TOPICS[topic]}. {words}", topic=topic, **unlabelled)


@pytest.fixture(scope="module")
def bundle(tmp_path_factory):
    """A bundle of forty mails of their own and eight of ours."""
    output = tmp_path_factory.mktemp("own") / "bundle"
    train_own([own_letter(number) for number in range(40)], [letter(number) for number in range(8)], TINY, output)
    return output


@pytest.mark.slow
def test_new_mail_is_read_by_their_topics(bundle):
    """And by no topic of ours, though our mail taught the other heads."""
    readings = load_text_model(bundle).read([MailText("", f"{text}. Thank you.") for text in TOPICS.values()])

    assert [likeliest(reading.topic) for reading in readings] == list(TOPICS)
    assert all(set(reading.topic) == set(TOPICS) for reading in readings)


@pytest.mark.slow
def test_the_manifest_says_what_was_held_out(bundle):
    """A tenth of their mails, and none of ours, judged what was learned from all."""
    figures = read_manifest(bundle).figures

    assert (figures["mails"], figures["learned_from"]) == (4, 48)
    assert "near-duplicate" in figures["split"]
    assert figures["model"]["topic_macro_f1"] > 0.5


@pytest.mark.parametrize(
    ("examples", "sentence"),
    [
        ([own_letter(n) for n in range(FEWEST - 1)], "there are 19 labelled examples; give at least 20"),
        ([replace(own_letter(n), topic=None) for n in range(40)], "there are 0 labelled examples"),
        ([own_letter(n, "boats") for n in range(40)], "every example has the topic boats; add mail of another"),
        ([replace(own_letter(n % 2), id=str(n)) for n in range(40)], "no tenth can be held out of the examples; give"),
        ([replace(own_letter(n), topic=f"t{n}") for n in range(40)], "no tenth can be held out of the examples; give"),
    ],
    ids=["too few", "unlabelled", "one topic", "copies", "a topic each"],
)
def test_what_nothing_can_be_learned_from_is_refused_in_one_sentence(tmp_path, examples, sentence):
    """Before anything is learned or written."""
    with pytest.raises(InvalidSubmission, match=f"^{sentence}"):
        train_own(examples, [], TINY, tmp_path / "bundle")

    assert not (tmp_path / "bundle").exists()
