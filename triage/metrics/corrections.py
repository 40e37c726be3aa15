"""How what people say of mail compares with what the model had said."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from prometheus_client import Counter
from sqlalchemy.orm import Session

from triage.labels import topic_key
from triage.metrics.registry import REGISTRY, after_commit
from triage.ranking import HEADS, Statement

LABELS = Counter(
    "triage_labels",
    "What people said of emails, by field and by what the model had said: the same, something else, or nothing yet.",
    ["field", "model"],
    registry=REGISTRY,
)


class Model(StrEnum):
    """What the model had said."""

    AGREED = "agreed"
    DIFFERED = "differed"
    SILENT = "silent"


for _head in HEADS:
    for _model in Model:
        LABELS.labels(_head, _model)


def count_labels(session: Session, said: Iterable[tuple[Statement, Any]]) -> None:
    """Count what people said once it is committed, each beside the verdict that the email stood by, if any."""
    compared = [
        (head, _compared(head, value, verdict))
        for statement, verdict in said
        for head, value in statement.as_json().items()
    ]

    def count() -> None:
        for head, model in compared:
            LABELS.labels(head, model).inc()

    after_commit(session, count)


def _compared(head: str, value: Any, verdict: Any) -> Model:
    if verdict is None:
        return Model.SILENT
    read = getattr(verdict, head)
    is_same = topic_key(value) == topic_key(read) if head == "topic" else value == read
    return Model.AGREED if is_same else Model.DIFFERED
