"""`triage poll`: read the mail of every account, for as long as it runs."""

import signal
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from types import FrameType

import structlog

from triage import signs
from triage.api.services import Services, make_services
from triage.cli.options import DataOption, settings_for
from triage.errors import StorageUnavailable
from triage.imap.poller import Poller
from triage.imap.watch import Pace
from triage.log import configure_logging
from triage.metrics.port import serve_metrics
from triage.settings import Settings
from triage.storage.schema import require_current
from triage.storage.session import Database
from triage.telemetry import start_tracing

log = structlog.get_logger(__name__)

AWAITS_DATABASE_SECONDS = 2.0


def poll(data: DataOption = None) -> None:
    """Read the mail of every account: new mail at once, and all that was missed. Stop it with Ctrl-C.

    Accounts that are added, changed or removed meanwhile are noticed. Several may run; each account is polled by one.
    """
    settings = settings_for(data)
    configure_logging(settings.log_level, as_json=settings.log_format == "json")
    start_tracing("poll")
    serve_metrics(settings.metrics_host, settings.metrics_port)
    services = make_services(settings)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_end, stop))
    await_database(services.database, stop, alive_of(settings))
    poller_of(services).run(stop)
    services.close()


def alive_of(settings: Settings) -> Callable[[], None]:
    """Return what gives a sign of life of this process."""
    return partial(signs.touch, signs.alive_file(settings.run_dir, signs.POLL))


def await_database(database: Database, stop: threading.Event, alive: Callable[[], None]) -> None:
    """Return when the database answers, or when told to stop.

    Raises:
        NotMigrated: It has another schema than this release.
    """
    while not stop.is_set():
        alive()
        try:
            require_current(database.engine)
        except StorageUnavailable as error:
            log.warning("waiting for the database", error=str(error))
            stop.wait(AWAITS_DATABASE_SECONDS)
        else:
            return


def poller_of(services: Services) -> Poller:
    """Return what polls the accounts of an instance."""
    settings = services.settings
    return Poller(
        services.database,
        services.intake,
        found=services.accounts.with_generations,
        shown=services.accounts.shown,
        clock=lambda: datetime.now(UTC),
        pace=Pace(settings.poll_lease, settings.imap_idle_renewal, settings.imap_answer_timeout),
        alive=alive_of(settings),
    )


def _end(stop: threading.Event, _signal: int, _frame: FrameType | None) -> None:
    stop.set()
