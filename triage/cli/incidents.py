"""`triage incidents`: what many wrote about, and doing something with all of it."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.api.incident_schemas import IncidentItem, items_by_id
from triage.cli.handle import ForOption, UntilOption, moment_of
from triage.cli.inbox import printable
from triage.cli.options import DataOption, JsonOption, MailboxOption, quiet_logging, settings_for
from triage.cli.tables import plain_table
from triage.incidents.putting_off import snooze_all, wake_all
from triage.incidents.together import close_all, reopen_all
from triage.storage import incidents
from triage.storage.mailboxes import require_mailbox
from triage.storage.schema import require_current
from triage.storage.session import Database

app = typer.Typer(help="See and handle mails about one matter together.", no_args_is_help=True)

IncidentArgument = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Number of the incident.")]


@app.command("list")
def list_incidents(
    mailbox: MailboxOption = None,
    all_of_them: Annotated[bool, typer.Option("--all", help="Also those that are handled.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List incidents, those that grew last first."""
    database = _database(data)
    with database.reading() as session:
        mailbox_id = None if mailbox is None else require_mailbox(session, mailbox)
        ids = incidents.incident_ids(session, mailbox_id, is_open=None if all_of_them else True, limit=limit)
        found = items_by_id(session, ids, datetime.now(UTC))
    items = [found[one] for one in ids]
    if as_json:
        typer.echo(json.dumps([item.model_dump(mode="json") for item in items], ensure_ascii=False, indent=2))
    elif items:
        Console(highlight=False).print(_table(items))
    else:
        typer.echo("no incident: at least five mails about one matter within six hours make one")


@app.command("close")
def close(incident_id: IncidentArgument, data: DataOption = None) -> None:
    """Take all its mails off the inbox. `triage incidents reopen` undoes it."""
    typer.echo(f"{close_all(_database(data), incident_id, datetime.now(UTC)):,} emails done")


@app.command("reopen")
def reopen(incident_id: IncidentArgument, data: DataOption = None) -> None:
    """Put the mails back that closing it took off the inbox."""
    typer.echo(f"{reopen_all(_database(data), incident_id):,} emails opened again")


@app.command("snooze")
def snooze(
    incident_id: IncidentArgument, until: UntilOption = None, length: ForOption = None, data: DataOption = None
) -> None:
    """Put all its open mails off. Mail that joins is put off too, unless it is the first critical one."""
    now = datetime.now(UTC)
    moment = moment_of(until, length, now)
    count = snooze_all(_database(data), incident_id, moment, now)
    typer.echo(f"{count:,} emails put off until {moment.astimezone():%Y-%m-%d %H:%M}")


@app.command("wake")
def wake(incident_id: IncidentArgument, data: DataOption = None) -> None:
    """Put the mails back into the inbox that were put off together."""
    typer.echo(f"{wake_all(_database(data), incident_id):,} emails back in the inbox")


def _database(data: DataOption) -> Database:
    quiet_logging()
    database = Database(settings_for(data).database_url)
    require_current(database.engine)
    return database


def _table(items: Sequence[IncidentItem]) -> Table:
    table = plain_table(expand=True)
    for name in ("ID", "OPEN", "ALL", "LAST 15 MIN", "SINCE"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("SUBJECT", ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column("WORDS", ratio=1, overflow="ellipsis", no_wrap=True)
    for item in items:
        since = item.first_at.astimezone().strftime("%Y-%m-%d %H:%M")
        counts = (f"{item.unhandled:,}", f"{item.count:,}", f"+{item.growth:,}" if item.growth else "")
        words = printable(", ".join(item.words))
        table.add_row(str(item.id), *counts, since, Text(printable(item.title or "(no subject)")), Text(words, "dim"))
    return table
