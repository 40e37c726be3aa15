"""Where an email stands once somebody has said something of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.make import NOW, POLICY, reading
from tests.triage.ranking.test_priority import readings
from triage.labels import Sentiment, Topic, Urgency
from triage.ranking import Circumstances, Read, Said, Statement, place_as_said, priority, reasons

statements = st.builds(
    Statement,
    topic=st.none() | st.sampled_from(Topic) | st.just("Rechnung"),
    sentiment=st.none() | st.sampled_from(Sentiment),
    urgency=st.none() | st.sampled_from(Urgency),
    action_required=st.none() | st.booleans(),
)


def one_hot(names, name):
    return {other: float(other == name) for other in names}


@given(st.none() | readings, statements, st.booleans())
def test_reasons_add_up_to_the_distance_from_an_ordinary_mail(one, statement, automatic):
    """Whatever is said and read, the effects explain the priority, which lies from 0 to 1."""
    said, circumstances = Said(statement), Circumstances("a@example.org", automatic)

    score = priority(one, POLICY, circumstances, said)
    effect = sum(reason.effect for reason in reasons(one, POLICY, circumstances, said=said, most=99))

    assert 0 <= score <= 1
    assert POLICY.default_priority + effect == pytest.approx(score)


@given(readings, st.sampled_from(Urgency), st.sampled_from(Topic))
def test_what_is_said_counts_as_a_certain_reading(one, urgency, topic):
    """A label is worth what a model would be that gives it a probability of 1."""
    certain = type(one)(
        one_hot(Topic, topic), one.sentiment, one_hot(Urgency, urgency), one.action_required, one.language
    )

    assert priority(one, POLICY, said=Said(Statement(topic, urgency=urgency))) == pytest.approx(
        priority(certain, POLICY)
    )


def test_all_that_was_said_is_among_the_reasons():
    """However little a label moved, it is told; others fill up to four, strongest first."""
    said = Said(Statement("other", Sentiment.NEUTRAL, action_required=True), by_rule=frozenset({"topic"}))

    found = reasons(reading(urgency=Urgency.CRITICAL), POLICY, Circumstances("", is_automatic=True), said=said)

    assert [abs(reason.effect) for reason in found] == sorted((abs(one.effect) for one in found), reverse=True)
    assert {reason.factor: reason.text for reason in found if reason.factor != found[0].factor} == {
        "topic": "topic: a rule says other",
        "sentiment": "sentiment: you said neutral",
        "action": "action: you said yes",
    }
    assert found[0].factor == "urgency"


def test_passages_are_quoted_of_what_the_model_said_alone():
    """What a person said rests on no passage; the rest quotes what it quoted before."""
    stored = [
        {"factor": "urgency", "phrases": ["since noon"]},
        {"factor": "action", "phrases": ["please call"]},
        {"factor": "topic"},
    ]
    read = Read(reading(urgency=Urgency.CRITICAL, action_required=1.0), stored)

    place = place_as_said(read, Said(Statement(urgency=Urgency.CRITICAL)), NOW, NOW, Circumstances(), POLICY)

    phrases = {reason["factor"]: reason.get("phrases") for reason in place["reasons"]}
    assert (phrases["urgency"], phrases["action"]) == (None, ["please call"])
