"""Where a process keeps its counts."""

from collections.abc import Callable

from prometheus_client import CollectorRegistry, Gauge, ProcessCollector, disable_created_metrics
from sqlalchemy import event
from sqlalchemy.orm import Session

from triage import __version__

# They would double the series for moments that nobody asks for.
disable_created_metrics()  # type: ignore[no-untyped-call]

REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
Gauge("triage_build_info", "1, with the version of Triage.", ["version"], registry=REGISTRY).labels(__version__).set(1)


def after_commit(session: Session, count: Callable[[], None]) -> None:
    """Count something once the transaction is committed: what is rolled back never happened."""
    event.listen(session, "after_commit", lambda _: count(), once=True)
