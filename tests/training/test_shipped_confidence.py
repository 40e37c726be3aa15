"""What the figures of the shipped bundle promise of its confidence."""

import pytest

from triage.labels import TopicState
from triage.ranking import load_policy
from triage.serving.manifest import DEFAULT_BUNDLE, read_manifest

FIGURES = read_manifest(DEFAULT_BUNDLE).figures


@pytest.mark.parametrize("head", ["topic", "sentiment", "urgency", "action_required", "language"])
def test_confidence_is_off_by_five_points_at_most(head):
    """The expected calibration error of every head, on domains unseen (A-22)."""
    assert FIGURES["model"][f"{head}_ece"] <= 0.05


def test_applied_topics_are_right_nine_times_in_ten():
    """At the threshold of the shipped policy, on domains unseen, and half of the mails have one (A-22)."""
    threshold = load_policy().topic_from[TopicState.APPLIED]
    found = {one["threshold"]: one for one in FIGURES["confidence"]["applied"]}

    assert found[threshold]["precision"] >= 0.90
    assert found[threshold]["coverage"] == pytest.approx(0.5, abs=0.05)
