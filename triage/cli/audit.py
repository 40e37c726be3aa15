"""`triage audit`: the trail of who or what changed what."""

import sys
from datetime import datetime
from typing import Annotated

import typer

from triage.api.audit import AuditItem
from triage.cli.instance import services_of
from triage.cli.options import DataOption
from triage.storage.audit import AuditFilter, entries

app = typer.Typer(help="The trail of who or what changed what.", no_args_is_help=True)

# Entries of one transaction.
BATCH = 1000


@app.callback()
def _group() -> None:
    """Keep `export` a command of its own, though it is the only one."""


@app.command()
def export(
    since: Annotated[datetime | None, typer.Option(help="Only what was changed since then, in local time.")] = None,
    until: Annotated[datetime | None, typer.Option(help="Only what was changed before then, in local time.")] = None,
    after: Annotated[int | None, typer.Option(min=0, help="Only entries with a higher id: what is new.")] = None,
    data: DataOption = None,
) -> None:
    """Print all changes as JSON, one a line, oldest first."""
    database = services_of(data).database
    start, end = _aware(since), _aware(until)
    while True:
        with database.reading() as session:
            wanted = AuditFilter(since=start, until=end, after=after)
            batch = [AuditItem.model_validate(one) for one in entries(session, wanted, limit=BATCH, oldest_first=True)]
        for item in batch:
            sys.stdout.write(item.model_dump_json() + "\n")
        if len(batch) < BATCH:
            return
        after = batch[-1].id


def _aware(moment: datetime | None) -> datetime | None:
    return None if moment is None else moment.astimezone()
