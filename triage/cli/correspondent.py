"""`triage correspondent`: all that is kept of the mail with one person."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from triage import correspondents
from triage.cli.options import DataOption, MailboxOption, quiet_logging, settings_for
from triage.storage.schema import require_current
from triage.storage.session import Database

app = typer.Typer(help="All that is kept of the mail with one person: export, delete.", no_args_is_help=True)

Address = Annotated[str, typer.Argument(help="Address, as in jo@example.org; case is no matter.")]


@app.command()
def export(address: Address, mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Print every email from or to an address: one JSON object a line, with its bytes, verdict and labels."""
    for one in correspondents.export(_database(data), address, mailbox=mailbox):
        typer.echo(json.dumps(one, ensure_ascii=False))


@app.command()
def delete(
    address: Address,
    mailbox: MailboxOption = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask first.")] = False,
    data: DataOption = None,
) -> None:
    """Remove every email from or to an address for good, with all that was made of it."""
    database = _database(data)
    if not yes:
        typer.confirm(f"remove all mail with {address} for good?", abort=True, err=True)
    gone = correspondents.delete(database, address, datetime.now(UTC), mailbox=mailbox)
    typer.echo(f"{gone} emails removed")


def _database(data: Path | None) -> Database:
    quiet_logging()
    database = Database(settings_for(data).database_url)
    require_current(database.engine)
    return database
