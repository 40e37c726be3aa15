"""What came of telling webhooks."""

from enum import StrEnum

from prometheus_client import Counter

from triage.metrics.registry import REGISTRY

TRIES = Counter(
    "triage_webhook_tries",
    "Events that were sent to webhooks, by what came of it.",
    ["outcome"],
    registry=REGISTRY,
)


class Outcome(StrEnum):
    """What came of one try."""

    TAKEN = "taken"
    REFUSED = "refused"  # the receiver answered, and not with 2xx
    UNANSWERED = "unanswered"


for _outcome in Outcome:
    TRIES.labels(_outcome)


def count_try(status: int | None, *, is_taken: bool) -> None:
    """Count a try by the status that it was answered with, if it was."""
    TRIES.labels(Outcome.TAKEN if is_taken else Outcome.UNANSWERED if status is None else Outcome.REFUSED).inc()
