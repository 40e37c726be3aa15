"""`triage failed`: emails that could not be read, and what to do with them."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage import failures
from triage.api.services import Services, make_services
from triage.cli.inbox import printable, show
from triage.cli.options import DataOption, quiet_logging, settings_for
from triage.errors import PermanentError
from triage.storage import emails
from triage.storage.failures import failed_emails
from triage.storage.schema import require_current

app = typer.Typer(help="Emails that could not be read: list, show, retry, export, discard.", no_args_is_help=True)

Ids = Annotated[list[int], typer.Argument(metavar="ID…", help="Numbers of the emails.")]


@app.command("list")
def list_failed(data: DataOption = None) -> None:
    """List what was set aside, oldest first, with the reason."""
    with _services(data).database.reading() as session:
        found = failed_emails(session)
    if not found:
        typer.echo("nothing was set aside")
        return
    table = Table(box=None, pad_edge=False, header_style="dim")
    for column in ("ID", "RECEIVED", "STAGE", "ATTEMPTS", "REASON", "SUBJECT"):
        table.add_column(column, overflow="fold")
    for email in found:
        received = email.received_at.astimezone().strftime("%Y-%m-%d %H:%M")
        subject = Text(printable(email.subject))
        table.add_row(str(email.id), received, email.error_stage, str(email.attempts), Text(email.error or ""), subject)
    Console(highlight=False).print(table)


app.command("show")(show)


@app.command()
def retry(
    email_ids: Annotated[list[int] | None, typer.Argument(metavar="[ID…]", help="Numbers of the emails.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="All that were set aside.")] = False,
    data: DataOption = None,
) -> None:
    """Try again to read emails that were set aside."""
    if bool(email_ids) == everything:
        raise typer.BadParameter("name the emails to try again, or give --all")
    services = _services(data)
    intake = services.intake
    ids = None if everything else email_ids
    again = failures.retry(services.database, services.stream, intake.doorbell, ids, datetime.now(UTC))
    typer.echo(f"{len(again):,} tried again")
    _fail_for_others(email_ids or [], again)


@app.command()
def export(
    email_ids: Ids,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Folder to write to.")] = Path(),
    data: DataOption = None,
) -> None:
    """Write the bytes of emails to files, as they came."""
    services = _services(data)
    output.mkdir(parents=True, exist_ok=True)
    for email_id in email_ids:
        with services.database.reading() as session:
            message = emails.message_of(session, email_id)
        file = output / f"email-{email_id}.{'json' if message.media_type.endswith('json') else 'eml'}"
        file.write_bytes(message.raw)
        typer.echo(file)


@app.command()
def discard(email_ids: Ids, data: DataOption = None) -> None:
    """Take emails that were set aside off the inbox and this list; their bytes stay stored."""
    gone = failures.discard(_services(data).database, email_ids, datetime.now(UTC))
    typer.echo(f"{len(gone):,} discarded")
    _fail_for_others(email_ids, gone)


def _services(data: Path | None) -> Services:
    quiet_logging()
    services = make_services(settings_for(data))
    require_current(services.database.engine)
    return services


def _fail_for_others(wanted: list[int], done: list[int]) -> None:
    others = sorted(set(wanted) - set(done))
    if others:
        named = ", ".join(map(str, others))
        raise PermanentError(f"not set aside: {named}; `triage failed list` shows which are")
