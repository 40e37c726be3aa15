"""`triage label-next`: the emails whose labels would teach most."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.api.label_next import UnsureEmail, unsure_emails
from triage.cli.inbox import printable, topic_cell
from triage.cli.instance import services_of
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.cli.tables import plain_table
from triage.feedback import MOST_AT_ONCE


def label_next(
    mailbox: MailboxOption = None,
    limit: Annotated[int, typer.Option(min=1, max=MOST_AT_ONCE, metavar="N", help="How many.")] = 10,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List the emails whose labels would teach most: the model is unsure of them, and they differ from each other."""
    services = services_of(data)
    with services.database.reading() as session:
        name, now = mailbox or services.settings.default_mailbox, datetime.now(UTC)
        items = unsure_emails(session, name, services.policy, now, limit=limit)
    if as_json:
        shown = [item.model_dump(mode="json", by_alias=True) for item in items]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    elif items:
        Console(highlight=False).print(_table(items))
    else:
        typer.echo("nothing to label: all mail that was read has a label, or none was read yet")


def _table(items: Sequence[UnsureEmail]) -> Table:
    table = plain_table(expand=True)
    table.add_column("ID", justify="right", style="dim", no_wrap=True)
    table.add_column("UNSURE", justify="right", no_wrap=True)
    table.add_column("TOPIC", min_width=12, no_wrap=True)
    table.add_column("URGENCY", min_width=9, no_wrap=True)
    table.add_column("FROM", width=18, overflow="ellipsis", no_wrap=True)
    table.add_column("SUBJECT", ratio=1, overflow="ellipsis", no_wrap=True)
    for item in items:
        table.add_row(
            str(item.id),
            f"{item.uncertainty:.2f}",
            topic_cell(item),
            item.urgency,
            Text(printable(item.from_.name or item.from_.address)),
            Text(printable(item.subject or "(no subject)")),
        )
    return table
