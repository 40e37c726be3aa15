"""What the model says of one email."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from triage.labels import Language, Sentiment, Urgency

Name = TypeVar("Name", bound=str)


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's belief about one email: distributions, not one label.

    Every mapping sums to 1 and holds all names of its head. Topics are plain strings, because a mailbox may have
    topics of its own; the shipped model uses `triage.labels.Topic`.

    Attributes:
        action_required: Probability that somebody must answer or do something.
        representation: What the model saw of the mail, as `triage.memory` learns from it; empty where it kept nothing.
        unaided: What the model alone said, where memory changed it.
        generation: Which generation of the mailbox's memory changed it.
    """

    topic: Mapping[str, float]
    sentiment: Mapping[Sentiment, float]
    urgency: Mapping[Urgency, float]
    action_required: float
    language: Language
    representation: bytes = b""
    unaided: "Reading | None" = None
    generation: int | None = None


def distributions_of(reading: Reading) -> dict[str, Any]:
    """Return a reading as a verdict keeps it: each probability with the four digits that mean something."""
    return {
        "topic": {name: rounded(p) for name, p in reading.topic.items()},
        "sentiment": {name: rounded(p) for name, p in reading.sentiment.items()},
        "urgency": {name: rounded(p) for name, p in reading.urgency.items()},
        "action_required": rounded(reading.action_required),
    }


def rounded(probability: float) -> float:
    """Return a probability with the four digits that mean something."""
    return round(float(probability), 4)


def stored_reading(
    distributions: Mapping[str, Any], language: str, unaided: Mapping[str, Any] | None = None
) -> Reading:
    """Return the reading that a verdict keeps, with what the model alone said where memory changed it."""
    return Reading(
        topic=distributions["topic"],
        sentiment={Sentiment(name): p for name, p in distributions["sentiment"].items()},
        urgency={Urgency(name): p for name, p in distributions["urgency"].items()},
        action_required=distributions["action_required"],
        language=Language(language),
        unaided=None if unaided is None else stored_reading(unaided, language),
    )


def likeliest(distribution: Mapping[Name, float]) -> Name:
    """Return the name with the highest probability; the earlier one on a tie."""
    return max(distribution, key=distribution.__getitem__)
