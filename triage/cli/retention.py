"""`triage retention`: for how long mailboxes keep mail."""

import getpass
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage import retention
from triage.cli.options import DataOption, JsonOption, quiet_logging, settings_for
from triage.cli.tables import plain_table
from triage.settings import Settings
from triage.storage.schema import require_current
from triage.storage.session import Database

app = typer.Typer(help="For how long mailboxes keep mail: show, set, purge.", no_args_is_help=True)

Days = Annotated[int | None, typer.Option(min=-1, max=36500, help="Days; 0 is for ever, -1 as by default.")]


@app.command()
def show(as_json: JsonOption = False, data: DataOption = None) -> None:
    """Show for how many days each mailbox keeps the bytes, the text and all of its mail."""
    database, settings = _open(data)
    with database.reading() as session:
        kept = retention.kept_by_mailbox(session, periods_of(settings))
    if as_json:
        shown = [
            {"mailbox": one.mailbox, **{f"{what}_days": getattr(one.periods, what) for what in one.own}} for one in kept
        ]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    table = plain_table("MAILBOX", "BYTES", "TEXT", "ALL")
    for one in kept:
        table.add_row(one.mailbox, *(_told(getattr(one.periods, what), own) for what, own in one.own.items()))
    Console(highlight=False).print(table)


@app.command("set")
def set_days(
    mailbox: Annotated[str, typer.Argument(help="Name of the mailbox.")],
    raw: Days = None,
    text: Days = None,
    all_: Annotated[
        int | None, typer.Option("--all", min=-1, max=36500, help="Days; 0 is for ever, -1 as by default.")
    ] = None,
    data: DataOption = None,
) -> None:
    """Set for how many days a mailbox keeps mail; what is older goes within minutes, and for good."""
    told = {what: days for what, days in (("raw", raw), ("text", text), ("all", all_)) if days is not None}
    if not told:
        raise typer.BadParameter("name --raw, --text or --all with a number of days")
    database, _ = _open(data)
    days = {what: None if number < 0 else number for what, number in told.items()}
    with database.unit_of_work() as session:
        retention.keep(session, mailbox, days, getpass.getuser(), datetime.now(UTC))
    typer.echo(f"set for mailbox {mailbox}; `triage retention show` shows it")


@app.command()
def purge(data: DataOption = None) -> None:
    """Let go of what is older than it may be at once; the schedule does so every ten minutes."""
    database, settings = _open(data)
    gone = retention.Purged()
    while part := retention.purge(database, periods_of(settings), datetime.now(UTC)):
        gone = gone + part
    typer.echo(f"{gone.all} emails and {gone.images} images removed, {gone.text} emptied, {gone.raw} without bytes now")


def periods_of(settings: Settings) -> retention.Periods:
    """Return for how long mailboxes keep mail that have no times of their own."""
    return retention.Periods(settings.keep_raw_days, settings.keep_text_days, settings.keep_mail_days)


def _told(days: int, own: int | None) -> str:
    return ("for ever" if days == 0 else f"{days} days") + ("" if own is None else " (its own)")


def _open(data: Path | None) -> tuple[Database, Settings]:
    quiet_logging()
    settings = settings_for(data)
    database = Database(settings.database_url)
    require_current(database.engine)
    return database, settings
