"""What words did becomes passages that people can read."""

import pytest

from tests.make import reading
from triage.labels import Urgency
from triage.ranking import Explanation, PriorityPolicy, load_policy, reasons

WORDS = ("hallway", "the", "smell", "of", "gas", "got", "stronger", "thanks", "again")


def told(*effects: float) -> Explanation:
    """Return an explanation of nine words for urgency."""
    return Explanation(WORDS, {"urgency": effects})


def test_neighbours_that_tell_become_one_passage():
    """A weak word between two strong ones stays; what does little, or the opposite, is left out."""
    explanation = told(0.0, 0.0, 0.9, 0.0, 0.5, 0.4, 0.8, -0.7, 0.0)

    assert explanation.phrases("urgency") == ("smell of gas got stronger",)


def test_the_strongest_passage_comes_first():
    """And no more are given than asked for."""
    explanation = told(0.9, 0.0, 0.0, 0.0, 0.5, 0.0, 0.0, 0.0, 1.5)

    assert explanation.phrases("urgency", most=2) == ("again", "hallway")


@pytest.mark.parametrize("effects", [(0.0,) * 9, (-0.5,) * 9, ()])
def test_where_no_word_spoke_for_it_there_is_no_passage(effects):
    """Nothing, or only words against it."""
    assert told(*effects).phrases("urgency") == ()
    assert told(*effects).phrases("topic") == ()


def test_a_passage_given_twice_is_named_once():
    """A mail that repeats itself is not quoted twice."""
    explanation = Explanation(("gas", "is", "not", "so", "gas"), {"urgency": (1.0, 0.0, 0.0, 0.0, 1.0)})

    assert explanation.phrases("urgency") == ("gas",)


def test_a_passage_ends_with_its_sentence():
    """A subject and the body's first words are two passages, however close they stand."""
    explanation = Explanation(("gas", "gas", "smell"), {"urgency": (1.0, 1.0, 0.9)}, sentences=(0, 1, 1))

    assert explanation.phrases("urgency") == ("gas smell", "gas")


def test_what_lowers_a_priority_is_not_quoted():
    """Nobody asks which words made a mail calm."""
    quoted = {
        reason.factor: reason
        for reason in reasons(reading(urgency=Urgency.LOW), load_policy(), explanation=told(*[1.0] * 9))
    }

    assert quoted["urgency"].effect < 0
    assert quoted["urgency"].phrases == ()


def test_reasons_say_which_words_they_rest_on():
    """With an explanation; without one they say the same and quote nothing."""
    policy: PriorityPolicy = load_policy()
    explanation = told(0.0, 0.0, 0.9, 0.0, 0.5, 0.4, 0.8, 0.0, 0.0)
    pressing = reading(urgency=Urgency.CRITICAL)

    quoted = {reason.factor: reason for reason in reasons(pressing, policy, explanation=explanation)}
    plain = {reason.factor: reason for reason in reasons(pressing, policy)}

    assert quoted["urgency"].phrases == ("smell of gas got stronger",)
    assert quoted["urgency"].as_json()["phrases"] == ["smell of gas got stronger"]
    assert "phrases" not in plain["urgency"].as_json()
    assert quoted["urgency"].text == plain["urgency"].text
