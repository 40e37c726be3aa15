"""`triage poll`: read the mail of every account, for as long as it runs."""

import signal
import threading
from datetime import UTC, datetime
from functools import partial
from types import FrameType

from triage.api.services import Services, make_services
from triage.cli.options import DataOption, settings_for
from triage.imap.account import Credentials, ImapAccount
from triage.imap.credentials import credentials_of
from triage.imap.poller import Poller
from triage.imap.stored import account_of
from triage.imap.watch import Pace
from triage.log import configure_logging
from triage.storage import accounts
from triage.storage.schema import require_current


def poll(data: DataOption = None) -> None:
    """Read the mail of every account: new mail at once, and all that was missed. Stop it with Ctrl-C.

    Accounts that are added, changed or removed meanwhile are noticed. Several may run; each account is polled by one.
    """
    settings = settings_for(data)
    configure_logging(settings.log_level, as_json=settings.log_format == "json")
    services = make_services(settings)
    require_current(services.database.engine)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, partial(_end, stop))
    poller_of(services).run(stop)
    services.close()


def poller_of(services: Services) -> Poller:
    """Return what polls the accounts of an instance."""
    settings = services.settings
    return Poller(
        services.database,
        services.intake,
        found=partial(found, services),
        log_in=partial(log_in, services),
        clock=lambda: datetime.now(UTC),
        pace=Pace(settings.poll_lease, settings.imap_idle_renewal, settings.imap_answer_timeout),
    )


def found(services: Services) -> list[tuple[ImapAccount, bytes]]:
    """Return every account with its secret as it is stored."""
    with services.database.reading() as session:
        return [(account_of(row), row.account.secret) for row in accounts.all_accounts(session)]


def log_in(services: Services, account: ImapAccount, anew: bool = False) -> Credentials:
    """Return what the server of an account is shown."""
    return credentials_of(account, services.database, services.vault, datetime.now(UTC), renew=anew)


def _end(stop: threading.Event, _signal: int, _frame: FrameType | None) -> None:
    stop.set()
