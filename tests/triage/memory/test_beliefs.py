"""Readings as rows of numbers, and back."""

import pytest

from tests.make import reading
from triage.labels import Sentiment, Topic, Urgency
from triage.memory.beliefs import FIXED, believed, column_of, with_beliefs


def test_topics_that_a_mailbox_lacks_are_dealt_evenly():
    """What is believed of them says nothing about those that it has."""
    (row,) = believed("topic", ["billing", "Parking"], [reading(topic=Topic.BILLING, confidence=0.6)])

    assert row.tolist() == pytest.approx([0.8, 0.2])


@pytest.mark.parametrize("head", [*FIXED, "topic"])
def test_beliefs_come_back_as_they_were(head):
    """Each head with the types that readings have."""
    one = reading(sentiment=Sentiment.NEGATIVE, urgency=Urgency.HIGH, action_required=0.3)
    labels = FIXED.get(head, tuple(map(str, Topic)))

    (row,) = believed(head, labels, [one])
    again = with_beliefs(reading(), head, labels, row.tolist())

    assert getattr(again, head) == pytest.approx(getattr(one, head), abs=1e-6)
    assert believed(head, labels, []).shape == (0, len(labels))


def test_what_people_say_has_a_column():
    """Unless it is none of the labels."""
    assert column_of("action_required", ("no", "yes"), True) == 1
    assert column_of("action_required", ("no", "yes"), False) == 0
    assert column_of("topic", ("billing",), "order") is None
