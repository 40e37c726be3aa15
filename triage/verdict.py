"""From a reading to what a verdict keeps of it."""

from typing import Any

from triage.ranking import (
    Circumstances,
    PriorityPolicy,
    Reading,
    distributions_of,
    likeliest,
    priority,
    reasons,
)
from triage.ranking.explanation import Phrases


def verdict_of(
    reading: Reading, circumstances: Circumstances, policy: PriorityPolicy, phrases: Phrases | None
) -> dict[str, Any]:
    """Return what a reading leads to as columns of a verdict, but for whose, by which model and when."""
    topic, sentiment, urgency = likeliest(reading.topic), likeliest(reading.sentiment), likeliest(reading.urgency)
    score = priority(reading, policy, circumstances)
    return {
        "policy_version": policy.version,
        "priority": score,
        "band": policy.band(score),
        "reasons": [reason.as_json() for reason in reasons(reading, policy, circumstances, phrases)],
        "topic": topic,
        "topic_confidence": reading.topic[topic],
        "sentiment": sentiment,
        "sentiment_confidence": reading.sentiment[sentiment],
        "urgency": urgency,
        "urgency_confidence": reading.urgency[urgency],
        "action_required": reading.action_required >= 0.5,
        "action_confidence": max(reading.action_required, 1 - reading.action_required),
        "language": reading.language,
        "distributions": distributions_of(reading),
        "unaided": None if reading.unaided is None else distributions_of(reading.unaided),
        "generation": reading.generation,
    }
