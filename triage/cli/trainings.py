"""`triage trainings`: ask for the training of a mailbox, and see how it goes."""

import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table
from rich.text import Text

from triage.api.services import Services
from triage.api.training_schemas import TrainingItem
from triage.api.trainings import begin_training, listed, shown
from triage.cli.inbox import printable
from triage.cli.instance import services_of
from triage.cli.labels import AuthorOption
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.cli.tables import plain_table
from triage.trainings import report_page

app = typer.Typer(help="Trainings of mailboxes: start, list, show, report.", no_args_is_help=True)

_LOOKS_EVERY_SECONDS = 0.5


@app.command()
def start(
    author: AuthorOption,
    mailbox: MailboxOption = None,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for its end; exit 1 if it failed.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Train a mailbox with its labels; the model is activated only if it reads better than the one in use."""
    services = services_of(data)
    item = begin_training(services, mailbox or services.settings.default_mailbox, author, datetime.now(UTC))
    if wait:
        item = _awaited(services, item)
    _show(item, as_json)
    if wait and item.state == "failed":
        raise typer.Exit(1)


@app.command("list")
def list_trainings(
    mailbox: MailboxOption = None,
    limit: Annotated[int, typer.Option(min=1, max=1000, metavar="N", help="How many.")] = 20,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List trainings, newest first."""
    found = listed(services_of(data), mailbox, limit)
    if as_json:
        typer.echo(json.dumps([item.model_dump(mode="json") for item in found], ensure_ascii=False, indent=2))
    elif found:
        Console(highlight=False).print(_table(found))
    else:
        typer.echo("no training was asked for yet; `triage trainings start` begins one")


@app.command()
def show(
    training_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Number of the training.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show a training: how far it is, or how it ended and why."""
    _show(shown(services_of(data), training_id), as_json)


@app.command()
def report(
    training_id: Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Number of the training.")],
    output: Annotated[Path, typer.Option("--output", metavar="FILE", help="File to write the page into, HTML.")],
    data: DataOption = None,
) -> None:
    """Write what the candidate of a training is worth as a page with pictures; it quotes no mail."""
    with services_of(data).database.reading() as session:
        page = report_page(session, training_id)
    output.write_text(page, encoding="utf-8")
    typer.echo(f"{output} has the report of training {training_id}")


def _awaited(services: Services, item: TrainingItem) -> TrainingItem:
    console = Console(stderr=True, highlight=False)
    columns = (TextColumn("{task.description}"), BarColumn())
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        bar = progress.add_task("waits for a worker", total=1.0)
        while not item.is_final:
            time.sleep(_LOOKS_EVERY_SECONDS)
            item = shown(services, item.id)
            progress.update(bar, completed=item.progress, description=item.stage or "waits for a worker")
    return item


def _show(item: TrainingItem, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(item.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    how = item.reason or item.stage or "it waits for a worker"
    typer.echo(f"training {item.id} of {printable(item.mailbox)} is {item.state}: {printable(how)}")
    if item.labels_used:
        typer.echo(f"{item.labels_used:,} labelled emails used")
    for reason, emails in item.labels_ignored.items():
        typer.echo(f"{emails:,} ignored: {printable(reason)}" if emails else printable(reason))


def _table(found: Sequence[TrainingItem]) -> Table:
    table = plain_table()
    for name in ("ID", "MAILBOX", "ASKED", "BY", "STATE"):
        table.add_column(name, no_wrap=True)
    table.add_column("WHY", ratio=1, overflow="fold")
    for item in found:
        asked = item.requested_at.astimezone().strftime("%Y-%m-%d %H:%M")
        told = Text(printable(item.reason or item.stage))
        table.add_row(
            str(item.id), Text(printable(item.mailbox)), asked, Text(printable(item.author)), item.state, told
        )
    return table
