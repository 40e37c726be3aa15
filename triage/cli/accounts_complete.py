"""`triage accounts verify` and `backfill`: is all of it here, and get more of what was there before."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn
from rich.table import Table

from triage.api.services import Services, make_services
from triage.cli.failed import moment
from triage.cli.options import DataOption, JsonOption, quiet_logging, settings_for
from triage.errors import PermanentError
from triage.imap.account import ImapAccount
from triage.imap.door import Door
from triage.imap.verification import Verified, verify
from triage.storage.schema import require_current

MOST_NAMED = 10


def verify_accounts(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="Name of the account; all unless told.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Compare all that is on the server with all that is here, and fetch what is missing. Nothing is changed there."""
    quiet_logging()
    services = make_services(settings_for(data))
    require_current(services.database.engine)
    accounts = [services.accounts.by_name(name)] if name else services.accounts.all()
    if not accounts:
        typer.echo("there is no account; `triage accounts add` adds one")
        return
    found = [(account, verified(services, account)) for account in accounts]
    if as_json:
        folders = [{"account": account.name, **asdict(one)} for account, all_of in found for one in all_of]
        typer.echo(json.dumps(folders, ensure_ascii=False, indent=2))
    else:
        Console(highlight=False).print(_table(found))
    if left := sum(len(one.still_missing) for _, all_of in found for one in all_of):
        raise PermanentError(f"{left:,} messages cannot be fetched; look at them in a mail program by their UIDs")


def backfill(
    name: Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")],
    since: Annotated[datetime, typer.Option(metavar="TIME", parser=moment, help="Take in what came since then.")],
    data: DataOption = None,
) -> None:
    """Take in older mail of an account that was added with --since."""
    quiet_logging()
    services = make_services(settings_for(data))
    require_current(services.database.engine)
    account = services.accounts.by_name(name)
    if account.since is None:
        typer.echo(f"account {name} takes in all mail already; `triage accounts verify {name}` shows that it has")
        return
    account = services.accounts.take_in_since(name, since)
    stored = sum(one.stored for one in verified(services, account))
    typer.echo(f"{stored:,} emails taken in")


def verified(services: Services, account: ImapAccount) -> list[Verified]:
    """Verify one account, and show meanwhile how many emails were new."""
    door = Door(account, services.database, services.intake, lambda: datetime.now(UTC))
    console = Console(stderr=True, highlight=False)
    columns = (SpinnerColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task(f"comparing {account.name}")

        def tell(count: int) -> None:
            progress.advance(bar, count)
            progress.update(bar, description=f"{account.name}: {progress.tasks[bar].completed:,.0f} emails taken in")

        return verify(door, services.accounts.shown(account), on_stored=tell)


def _table(found: Sequence[tuple[ImapAccount, Sequence[Verified]]]) -> Table:
    table = Table(box=None, pad_edge=False, header_style="dim", show_edge=False)
    for title in ("ACCOUNT", "FOLDER"):
        table.add_column(title)
    for title in ("ON THE SERVER", "MISSING", "TAKEN IN NOW", "STILL MISSING"):
        table.add_column(title, justify="right")
    for account, folders in found:
        for one in folders:
            named = ", ".join(map(str, one.still_missing[:MOST_NAMED]))
            more = "" if len(one.still_missing) <= MOST_NAMED else ", …"
            left = f"{len(one.still_missing):,} (UID {named}{more})" if one.still_missing else "none"
            missing = f"{len(one.was_missing):,}" if one.was_missing else "none"
            table.add_row(account.name, one.folder, f"{one.messages:,}", missing, f"{one.stored:,}", left)
    return table
