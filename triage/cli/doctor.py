"""`triage doctor`: is everything there, and what to do if not."""

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.cli.options import DataOption, quiet_logging, settings_for
from triage.doctor import examine


def doctor(data: DataOption = None) -> None:
    """Check Redis, database, bundle, workers and disk, and say what to do; exit 1 when something is amiss."""
    quiet_logging()
    findings = examine(settings_for(data))
    table = Table.grid(padding=(0, 2))
    for finding in findings:
        mark = Text("ok", "green") if finding.is_well else Text("amiss", "bold red")
        table.add_row(mark, finding.what, Text(finding.text))
    Console(highlight=False).print(table)
    if not all(finding.is_well for finding in findings):
        raise typer.Exit(1)
