"""Mail accounts: what an alarm can be set on is a poll long ago, a connection that is too old, a problem."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from prometheus_client.core import GaugeMetricFamily

from triage.api.figures.figure import Figure
from triage.api.services import Services
from triage.imap.state import State

SINCE_POLL = Figure(
    "triage_account_seconds_since_poll",
    "Seconds since all folders of an account were found read to their end, or since it was added.",
    ("account",),
)
CONNECTION = Figure(
    "triage_account_connection_seconds", "Age of an account's connection; none, no sample.", ("account",)
)
PROBLEM = Figure("triage_account_problem", "1 while an account cannot be polled, or nobody polls it.", ("account",))


def accounts(services: Services, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield what there is to say of each account.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    found = list(services.accounts.with_status(now))
    yield SINCE_POLL.by(
        {
            status.name: (
                max(now - account.created_at, timedelta(0)) if status.since_poll is None else status.since_poll
            ).total_seconds()
            for account, status in found
        }
    )
    yield CONNECTION.by(
        {one.name: one.connected_for.total_seconds() for _, one in found if one.connected_for is not None}
    )
    yield PROBLEM.by({one.name: one.state not in (State.OK, State.WAITING) for _, one in found})
