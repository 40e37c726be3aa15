"""What waits to be told to webhooks, and which of them do not take it."""

from collections.abc import Iterator
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from triage.api.figures.figure import Figure
from triage.api.services import Services
from triage.storage.outbox import backlogs

WAITING = Figure("triage_webhook_waiting", "Events that wait to be sent, by the number of the webhook.", ("webhook",))
OLDEST = Figure("triage_webhook_oldest_seconds", "Age of the oldest of them; 0 when none waits.", ("webhook",))
GIVEN_UP = Figure("triage_webhook_given_up", "Events that were given up and are still kept.", ("webhook",))
FAILING = Figure(
    "triage_webhook_failing_seconds",
    "For how long a webhook has not taken all it is sent; 0 if it does.",
    ("webhook",),
)
DISABLED = Figure("triage_webhook_disabled", "1 while a webhook is sent nothing.", ("webhook",))


def outbox(services: Services, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield what there is to say of each webhook.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    with services.database.reading() as session:
        found = {str(one.webhook_id): one for one in backlogs(session)}
    yield WAITING.by({webhook: one.waiting for webhook, one in found.items()})
    yield OLDEST.by({webhook: _seconds(one.oldest, now) for webhook, one in found.items()})
    yield GIVEN_UP.by({webhook: one.given_up for webhook, one in found.items()})
    yield FAILING.by({webhook: _seconds(one.failing_since, now) for webhook, one in found.items()})
    yield DISABLED.by({webhook: one.is_disabled for webhook, one in found.items()})


def _seconds(since: datetime | None, now: datetime) -> float:
    return 0.0 if since is None else max((now - since).total_seconds(), 0.0)
