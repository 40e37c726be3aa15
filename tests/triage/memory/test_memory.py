"""What few labels teach: what they are about, and nothing of what they are not about."""

from dataclasses import replace

import numpy as np
import pytest

from tests.make import reading, represented
from tests.triage.memory.make import DIMENSIONS, TOPICS, Mailbox
from triage.labels import Sentiment, Topic, Urgency
from triage.memory.memory import MOST_MAILS, Lesson, Memory, from_bytes, learned_from, to_bytes
from triage.ranking import likeliest

NEW = "parking"


@pytest.fixture
def mailbox():
    return Mailbox()


def memory_of(lessons, topics=TOPICS):
    return Memory(3, "v1", learned_from(lessons, topics)[0])


def share_right(memory, readings, topic):
    """Share of mails whose likeliest topic is this one."""
    return np.mean([likeliest(one.topic) == topic for one in memory.recall(readings)])


def test_without_evidence_the_models_word_stands(mailbox):
    """Nothing was labelled, or the mail keeps no representation: the very same reading comes back."""
    mail, blank = mailbox.mail("billing"), reading()
    taught = memory_of(mailbox.lessons("billing", 8))

    assert Memory(1, "v1", {}).recall([mail]) == [mail]
    assert taught.recall([blank]) == [blank]
    assert taught.recall([]) == []
    assert learned_from([], TOPICS) == ({}, {})


def test_one_corrected_mail_moves_its_twin_and_leaves_strangers_alone(mailbox):
    """After a single label: an identical mail has its topic (A-21), a stranger's beliefs move by less than 0.05."""
    mail, stranger = mailbox.mail("contract"), mailbox.mail("technical", Topic.TECHNICAL)

    twin, other = memory_of([Lesson(mail, {"topic": "contract"})]).recall([mail, stranger])

    assert likeliest(twin.topic) == "contract"
    assert max(abs(other.topic[name] - p) for name, p in stranger.topic.items()) < 0.05


def test_a_new_topic_with_eight_labels_is_found_and_others_get_no_worse(mailbox):
    """Beside it ten labels of each other topic, of which the model knows those; on mail that nobody labelled."""
    known = [Topic.BILLING, Topic.ORDER, Topic.TECHNICAL]
    before = [lesson for topic in known for lesson in mailbox.lessons(topic.value, 10, topic)]
    memory = memory_of([*mailbox.lessons(NEW, 8), *before], [*TOPICS, NEW])

    assert share_right(memory, [mailbox.mail(NEW) for _ in range(40)], NEW) >= 0.9
    for topic in known:
        assert share_right(memory, [mailbox.mail(topic.value, topic) for _ in range(40)], topic.value) == 1.0


def test_what_moved_keeps_what_the_model_alone_said(mailbox):
    """And by which fit; heads that nobody spoke of are as they were, a mail that did not move is the same object."""
    mail = mailbox.mail("billing")
    far = replace(reading(topic=Topic.ORDER), representation=represented({5: 255}, [0] * DIMENSIONS))

    moved, still = memory_of(mailbox.lessons("billing", 8)).recall([mail, far])

    assert (moved.unaided, moved.generation) == (mail, 3)
    assert sum(moved.topic.values()) == pytest.approx(1.0, abs=1e-5)
    assert (moved.urgency, moved.sentiment, moved.representation) == (mail.urgency, mail.sentiment, mail.representation)
    assert still is far


@pytest.mark.parametrize(
    ("head", "value", "answer"),
    [
        ("sentiment", "negative", lambda one: one.sentiment[Sentiment.NEGATIVE]),
        ("urgency", "critical", lambda one: one.urgency[Urgency.CRITICAL]),
        ("action_required", False, lambda one: 1 - one.action_required),
    ],
)
def test_each_head_learns_what_is_said_of_it(mailbox, head, value, answer):
    """As values of the types that readings have."""
    mail = mailbox.mail("billing")

    (after,) = memory_of([Lesson(mail, {head: value})]).recall([mail])

    assert answer(after) > 0.8 > answer(mail)
    assert after.topic == mail.topic


def test_a_label_of_a_topic_that_is_retired_teaches_nothing(mailbox):
    """The mailbox has it no more, so no mail is given it."""
    heads, evidence = learned_from(mailbox.lessons("billing", 8), [name for name in TOPICS if name != "billing"])

    assert (heads, evidence) == ({}, {})


def test_evidence_counts_labels_head_by_head(mailbox):
    """So that a person can be told what a memory rests on."""
    lessons = [*mailbox.lessons("billing", 2), Lesson(mailbox.mail("order"), {"topic": "order", "urgency": "high"})]

    assert learned_from(lessons, TOPICS)[1] == {"topic": {"billing": 2, "order": 1}, "urgency": {"high": 1}}


def test_what_was_learned_survives_being_stored(mailbox):
    """Words are rounded to eleven bits; beliefs move by less than their last digit that means something."""
    memory = memory_of([*mailbox.lessons("billing", 30), *mailbox.lessons(NEW, 8)], [*TOPICS, NEW])
    mails = [mailbox.mail(topic) for topic in ("billing", NEW, "order")]

    again = replace(memory, heads=from_bytes(to_bytes(memory.heads)))

    for one, other in zip(memory.recall(mails), again.recall(mails), strict=True):
        assert other.topic == pytest.approx(dict(one.topic), abs=1e-3)
    assert from_bytes(to_bytes({})) == {}


def test_only_the_newest_are_learned_from(mailbox, monkeypatch):
    """The first ones given; the time of a fit is bounded by their number."""
    monkeypatch.setattr("triage.memory.memory.MOST_MAILS", 5)
    newest = mailbox.lessons("billing", 5)

    assert learned_from([*newest, *mailbox.lessons("order", 9)], TOPICS)[1] == {"topic": {"billing": 5}}
    assert MOST_MAILS == 1000
