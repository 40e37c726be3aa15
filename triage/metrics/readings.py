"""What the model said of mail, and how long mail waited for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from prometheus_client import Counter, Histogram
from sqlalchemy.orm import Session

from triage.labels import TopicState
from triage.metrics.names import Names
from triage.metrics.registry import REGISTRY, after_commit

READINGS = Counter(
    "triage_readings",
    "Emails that got a verdict, by what the model said of them.",
    ["topic", "band", "model_version"],
    registry=REGISTRY,
)
TOPICS = Counter(
    "triage_topics",
    "Their topics: applied, suggested, or none that is likely enough.",
    ["state"],
    registry=REGISTRY,
)
CONFIDENCE = Histogram(
    "triage_reading_confidence",
    "How sure the model was of what it said, by field.",
    ["field"],
    buckets=(0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0),
    registry=REGISTRY,
)
WAIT = Histogram(
    "triage_email_wait_seconds",
    "Time from an email being stored to its first verdict.",
    buckets=(0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 900, 3600, 21600),
    registry=REGISTRY,
)
STAGES = Counter(
    "triage_stage_texts",
    "Texts that each stage of the text model read, for verdicts and for whoever else asked.",
    ["stage"],
    registry=REGISTRY,
)
for _state in TopicState:
    TOPICS.labels(_state)
for _stage in ("fast", "deep"):
    STAGES.labels(_stage)

# Columns of a verdict, by the field that they say the confidence of.
_CONFIDENCES = {
    "topic": "topic_confidence",
    "sentiment": "sentiment_confidence",
    "urgency": "urgency_confidence",
    "action_required": "action_confidence",
}
_topics, _versions = Names(50), Names(20)


@dataclass(frozen=True, slots=True)
class Counted:
    """An email that got a verdict.

    Attributes:
        verdict: Its columns.
        waited: Since it was stored.
    """

    verdict: Mapping[str, Any]
    state: TopicState
    waited: timedelta


def count_readings(session: Session, read: Sequence[Counted]) -> None:
    """Count verdicts once they are committed."""

    def count() -> None:
        for one in read:
            _count(one)

    after_commit(session, count)


def count_stages(texts: int, deep: int) -> None:
    """Count texts that were read, and how many of them the deep stage was asked about."""
    STAGES.labels("fast").inc(texts)
    STAGES.labels("deep").inc(deep)


def _count(one: Counted) -> None:
    verdict = one.verdict
    READINGS.labels(_topics.of(verdict["topic"]), verdict["band"], _versions.of(verdict["model_version"])).inc()
    TOPICS.labels(one.state).inc()
    for field, column in _CONFIDENCES.items():
        CONFIDENCE.labels(field).observe(verdict[column])
    WAIT.observe(max(one.waited.total_seconds(), 0.0))
