"""Readings as rows of numbers, head by head, and back."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from triage.labels import Sentiment, Urgency
from triage.memory.vectors import Floats
from triage.ranking import Reading

NO_OR_YES = ("no", "yes")
# Heads whose labels are the same in every mailbox.
FIXED: Mapping[str, tuple[str, ...]] = {
    "sentiment": tuple(Sentiment),
    "urgency": tuple(Urgency),
    "action_required": NO_OR_YES,
}


def column_of(head: str, labels: Sequence[str], value: Any) -> int | None:
    """Return the place of what somebody said among the labels of a head; `None` where it is none of them."""
    name = NO_OR_YES[bool(value)] if head == "action_required" else str(value)
    return labels.index(name) if name in labels else None


def believed(head: str, labels: Sequence[str], readings: Sequence[Reading]) -> Floats:
    """Return what readings believe: (readings, labels), rows sum to 1.

    What a model believes of topics that a mailbox does not have says nothing, and is dealt to all topics alike.
    """
    rows = [_distribution(head, reading) for reading in readings]
    beliefs = np.array([[row.get(name, 0.0) for name in labels] for row in rows], np.float32)
    beliefs = beliefs.reshape(len(readings), len(labels))
    elsewhere: Floats = np.maximum(1.0 - beliefs.sum(axis=1, keepdims=True), 0.0) / len(labels)
    return np.asarray(beliefs + elsewhere, np.float32)


def with_beliefs(reading: Reading, head: str, labels: Sequence[str], row: Sequence[float]) -> Reading:
    """Return a reading with the beliefs of one head replaced."""
    told = dict(zip(labels, map(float, row), strict=True))
    if head == "action_required":
        return replace(reading, action_required=told["yes"])
    if head == "sentiment":
        return replace(reading, sentiment={Sentiment(name): p for name, p in told.items()})
    if head == "urgency":
        return replace(reading, urgency={Urgency(name): p for name, p in told.items()})
    return replace(reading, topic=told)


def _distribution(head: str, reading: Reading) -> Mapping[str, float]:
    if head == "action_required":
        return {"no": 1.0 - reading.action_required, "yes": reading.action_required}
    distribution: Mapping[str, float] = getattr(reading, head)
    return {str(name): p for name, p in distribution.items()}
