"""`triage topics`: what the mail of a mailbox may be about."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage.cli.label_tables import topics_table
from triage.cli.options import DataOption, JsonOption, MailboxOption, quiet_logging, settings_for
from triage.feedback import add_topics, retire_topic, topic_list
from triage.settings import Settings
from triage.storage.schema import require_current
from triage.storage.session import Database

app = typer.Typer(help="The topics of a mailbox: list, add, retire.", no_args_is_help=True)

Names = Annotated[list[str], typer.Argument(metavar="NAME…", help="Names, at most 100 characters; case is no matter.")]


@app.command("list")
def list_topics(mailbox: MailboxOption = None, as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the topics of a mailbox, with how many emails people gave them."""
    database, settings = _open(data)
    with database.reading() as session:
        found = topic_list(session, mailbox or settings.default_mailbox)
    if as_json:
        shown = [{"name": one.name, "labelled": count, "retired": one.retired_at is not None} for one, count in found]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
        return
    Console(highlight=False).print(topics_table(found))


@app.command()
def add(names: Names, mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Add topics. A mailbox begins with the product's nine; what it has already stays as it is spelled."""
    database, settings = _open(data)
    with database.unit_of_work() as session:
        add_topics(session, mailbox or settings.default_mailbox, names, datetime.now(UTC))
    typer.echo(f"mailbox {mailbox or settings.default_mailbox} has {', '.join(names)}")


@app.command()
def retire(names: Names, mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Let nobody label mail with topics any more; mail that was keeps them, and `add` brings them back."""
    database, settings = _open(data)
    with database.unit_of_work() as session:
        for name in names:
            retire_topic(session, mailbox or settings.default_mailbox, name, datetime.now(UTC))
    typer.echo(f"mailbox {mailbox or settings.default_mailbox} no longer offers {', '.join(names)}")


def _open(data: Path | None) -> tuple[Database, Settings]:
    quiet_logging()
    settings = settings_for(data)
    database = Database(settings.database_url)
    require_current(database.engine)
    return database, settings
