"""A reading as users and scripts rely on it."""

import pytest

from tests.make import POLICY, reading
from triage.labels import Topic
from triage.predict import reading_as_json


@pytest.mark.parametrize(("confidence", "state"), [(0.95, "applied"), (0.5, "suggested"), (0.2, "none")])
def test_reading_says_what_its_topic_is_worth(confidence, state):
    """Beside the topic and its confidence (A-22)."""
    told = reading_as_json(reading(topic=Topic.BILLING, confidence=confidence), POLICY)

    assert (told["topic"], told["topic_confidence"], told["topic_state"]) == ("billing", confidence, state)


def test_state_and_confidence_as_shown_agree():
    """Just below a threshold, what rounds up to it counts as it is shown."""
    threshold = POLICY.topic_from["applied"]

    told = reading_as_json(reading(confidence=threshold - 1e-6), POLICY)

    assert (told["topic_confidence"], told["topic_state"]) == (threshold, "applied")
