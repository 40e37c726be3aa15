"""The Gaussian process over a model's mistakes, held against what it is defined by."""

import numpy as np
import pytest

from tests.triage.memory.make import TOPICS, Mailbox
from triage.labels import Topic
from triage.memory import learner
from triage.memory.beliefs import believed
from triage.memory.learner import fit, sharpened
from triage.memory.vectors import products, vectors_of


def of(lessons):
    """What a fit takes: vectors, likeness, beliefs and truth."""
    vectors = vectors_of([one.reading.representation for one in lessons])
    beliefs = believed("topic", TOPICS, [one.reading for one in lessons])
    return vectors, products(vectors), beliefs, [TOPICS.index(one.said["topic"]) for one in lessons]


def test_what_others_make_of_a_mail_is_what_refitting_without_it_says():
    """In closed form and by leaving out one mail after the other."""
    mailbox = Mailbox()
    lessons = [*mailbox.lessons("billing", 4), *mailbox.lessons("order", 3), *mailbox.lessons("technical", 2)]
    _, likeness, beliefs, truth = of(lessons)
    missed, noise = np.eye(len(TOPICS))[truth] - beliefs, np.linspace(0.1, 0.5, len(lessons))

    _, of_others = learner._solved(likeness, noise, missed, beliefs)

    for left_out in range(len(lessons)):
        rest = [mail for mail in range(len(lessons)) if mail != left_out]
        shares = np.linalg.solve(likeness[np.ix_(rest, rest)] + np.diag(noise[rest]), missed[rest])
        assert of_others[left_out] == pytest.approx(beliefs[left_out] + likeness[left_out, rest] @ shares, abs=1e-5)


def test_corrections_are_those_of_the_process():
    """Weights of features and embedding say of other mail what the products with all labelled mail say."""
    mailbox = Mailbox()
    lessons = [*mailbox.lessons("billing", 4), *mailbox.lessons("order", 4)]
    labelled = [one.reading.representation for one in lessons]
    vectors, likeness, beliefs, truth = of(lessons)

    weights = fit(vectors, likeness, beliefs, truth)

    noise = 0.1 * learner._doubt_of_each(np.array(truth), len(TOPICS))
    shares, _ = learner._solved(likeness, noise, np.eye(len(TOPICS))[truth] - beliefs, beliefs)
    others = [mailbox.mail(topic).representation for topic in ("billing", "order", "technical")]
    together = products(vectors_of([*labelled, *others]))
    assert weights.corrections(vectors_of(others)) == pytest.approx(
        together[len(labelled) :, : len(labelled)] @ shares, abs=1e-4
    )
    assert weights.sharpness == 1.0


def test_beliefs_are_made_as_sure_as_they_are_right():
    """Of a model that is right and unsure they are sharpened; where labels are drawn by lot they are not."""
    mailbox = Mailbox(confidence=0.4)
    right = [one for topic in Topic for one in mailbox.lessons(topic.value, 6, topic)]
    truth = np.random.default_rng(1).integers(len(TOPICS), size=len(right)).tolist()
    vectors, likeness, beliefs, labels = of(right)

    assert fit(vectors, likeness, beliefs, labels).sharpness > 1.0
    assert fit(vectors, likeness, beliefs, truth).sharpness <= 1.0


def test_a_fit_of_many_chooses_among_noises_by_the_newest(monkeypatch):
    """A fit takes seconds else; the sharpness is that of all."""
    monkeypatch.setattr(learner, "_MOST_TO_CHOOSE_BY", 30)
    mailbox, sizes = Mailbox(), []
    lessons = [one for topic in Topic for one in mailbox.lessons(topic.value, 10)]
    solved = learner._solved
    monkeypatch.setattr(learner, "_solved", lambda k, *others: sizes.append(len(k)) or solved(k, *others))

    fit(*of(lessons))

    assert sizes == [30, 30, 30, len(lessons)]


def test_sharpened_beliefs_are_distributions():
    """Corrections may leave something below 0 or nothing at all."""
    rows = sharpened(np.array([[-0.2, 1.3, 0.1], [-1.0, -1.0, -1.0]]), 2.0)

    assert rows.sum(axis=1) == pytest.approx([1.0, 1.0])
    assert (rows > 0).all()
    assert rows[1] == pytest.approx([1 / 3] * 3)
