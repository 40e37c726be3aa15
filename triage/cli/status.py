"""`triage status`: how things stand, in words."""

import json
from datetime import UTC, datetime
from typing import Any

import typer
from fastapi.encoders import jsonable_encoder
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.api import health
from triage.api.services import make_services
from triage.api.standing import Standing
from triage.cli.options import DataOption, JsonOption, quiet_logging, settings_for
from triage.storage.schema import require_current

MARKS = {
    Standing.WELL: Text("well", "green"),
    Standing.NOTICE: Text("notice", "yellow"),
    Standing.NEEDS_SOMEBODY: Text("needs somebody", "bold red"),
}


def status(data: DataOption = None, as_json: JsonOption = False) -> None:
    """Say how things stand, part by part: what works, what waits, what to do; exit 1 when something needs somebody."""
    quiet_logging()
    services, now = make_services(settings_for(data)), datetime.now(UTC)
    require_current(services.database.engine)
    told = health.status_of(services, now, hooks=services.webhooks.all())
    if as_json:
        typer.echo(json.dumps(jsonable_encoder(told), indent=2, ensure_ascii=False))
    else:
        _print(told)
    if any(one["state"] == Standing.NEEDS_SOMEBODY for one in told["parts"]):
        raise typer.Exit(1)


def _print(told: dict[str, Any]) -> None:
    table = Table.grid(padding=(0, 2))
    for one in told["parts"]:
        since = f" (since {one['since'].astimezone():%Y-%m-%d %H:%M %Z})" if one["since"] else ""
        table.add_row(MARKS[one["state"]], one["part"].replace("_", " "), Text(one["sentence"] + since))
    console = Console(highlight=False)
    console.print(told["summary"])
    console.print(table)
