"""Reading texts without storing anything."""

from collections.abc import Sequence
from typing import Any

from triage.mail import MailText
from triage.ranking import PriorityPolicy, Reading, likeliest, priority, rounded
from triage.serving.protocol import TextModel


def predict(texts: Sequence[MailText], model: TextModel, policy: PriorityPolicy) -> list[dict[str, Any]]:
    """Return one reading for each text, in order, as JSON objects."""
    return [reading_as_json(reading, policy) for reading in model.read(texts)]


def reading_as_json(reading: Reading, policy: PriorityPolicy) -> dict[str, Any]:
    """Return a reading with the priority it leads to, as users and scripts rely on it."""
    topic, sentiment, urgency = likeliest(reading.topic), likeliest(reading.sentiment), likeliest(reading.urgency)
    score = priority(reading, policy)
    return {
        "language": str(reading.language),
        "topic": str(topic),
        "topic_confidence": rounded(reading.topic[topic]),
        "topic_state": str(policy.topic_state(rounded(reading.topic[topic]))),
        "topic_probabilities": {str(name): rounded(p) for name, p in reading.topic.items()},
        "sentiment": str(sentiment),
        "sentiment_confidence": rounded(reading.sentiment[sentiment]),
        "sentiment_probabilities": {str(name): rounded(p) for name, p in reading.sentiment.items()},
        "urgency": str(urgency),
        "urgency_confidence": rounded(reading.urgency[urgency]),
        "urgency_probabilities": {str(name): rounded(p) for name, p in reading.urgency.items()},
        "action_required": reading.action_required >= 0.5,
        "action_confidence": rounded(max(reading.action_required, 1 - reading.action_required)),
        "priority": rounded(score),
        "band": str(policy.band(score)),
    }
