"""`triage copy-database`: from SQLite to PostgreSQL, or back."""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.text import Text

from triage.cli.options import quiet_logging
from triage.cli.tables import plain_table
from triage.embedded import database_path, secret_key_path
from triage.storage.copying import Comparison, Place, compare, copy, place_of

# Tables with something in them that only the key of the source decrypts.
_ENCRYPTED = ("account", "webhook")


def copy_database(
    source: Annotated[str, typer.Argument(metavar="FROM", help="A data folder, an SQLite file, or postgresql://…")],
    target: Annotated[str, typer.Argument(metavar="TO", help="An empty database, or one where this was begun.")],
    verify: Annotated[bool, typer.Option("--verify", help="Only compare the two; nothing is written.")] = False,
) -> None:
    """Copy a database into another, SQLite or PostgreSQL, and compare the two; stopped, the same command goes on.

    Stop every process of Triage first. Leave the password out of the address: PGPASSWORD or ~/.pgpass hold it.
    """
    quiet_logging()
    errors, places = Console(stderr=True, highlight=False), (_place(source), _place(target))
    copied, was_written = None, False
    began = time.monotonic()
    with _shown(errors) as progress:
        if verify:
            tables = compare(*places, progress=progress)
        else:
            report = copy(*places, tell=errors.print, progress=progress)
            tables, copied, was_written = report.tables, report.copied, report.was_written
    seconds = time.monotonic() - began
    _print_tables(tables)
    wrong = [one.table for one in tables if not one.is_equal]
    for changed in (one for one in tables if one.changed):
        errors.print(
            f"{changed.changed:,} values of table {changed.table} hold characters that PostgreSQL cannot; the copy has"
            " U+FFFD in their place"
        )
    if copied is not None:
        errors.print(f"{copied:,} rows copied in {seconds:.0f} s, {copied / max(seconds, 0.001):,.0f} rows a second")
    if wrong:
        what = "differ" if verify else "differ, and the target is not served"
        errors.print(f"tables {what}: {', '.join(wrong)}", style="bold red")
    if was_written:
        errors.print(
            "the source was written to, or somebody connected, while it was copied; the copy has nothing of that: stop"
            " every process of Triage, and copy into another empty database",
            style="bold red",
        )
    if wrong or was_written:
        raise typer.Exit(1)
    errors.print("both say the same")
    if not verify:
        _say_what_is_left(errors, places, tables)


def _place(address: str) -> Place:
    folder = Path(address).expanduser()
    return place_of(str(database_path(folder)) if "://" not in address and folder.is_dir() else address)


@contextmanager
def _shown(console: Console) -> Iterator[Callable[[str, int], object]]:
    """Show how many rows were dealt with, on a terminal."""
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.completed:,.0f} rows"))
    with Progress(
        *columns, TimeElapsedColumn(), console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task("", total=None)
        yield lambda table, rows: progress.update(task, description=table, advance=rows)


def _print_tables(tables: Sequence[Comparison]) -> None:
    table = plain_table("TABLE", "ROWS", "IN TARGET", "DIGEST", "IN TARGET", "")
    for one in tables:
        verdict = Text("equal", "green") if one.is_equal else Text("DIFFERS", "bold red")
        table.add_row(
            one.table,
            f"{one.source.rows:,}",
            f"{one.target.rows:,}",
            one.source.name,
            one.target.name,
            verdict,
        )
    for column in table.columns[1:3]:
        column.justify = "right"
    Console(highlight=False).print(table)


def _say_what_is_left(console: Console, places: tuple[Place, Place], tables: Sequence[Comparison]) -> None:
    """Say what a database alone does not carry: the key of its secrets."""
    secrets = sum(one.source.rows for one in tables if one.table in _ENCRYPTED)
    if not secrets:
        return
    key = secret_key_path(Path(places[0].name).parent)
    where = f"the file {key}" if key.is_file() else "what TRIAGE_SECRET_KEY is for the source"
    console.print(
        f"{secrets:,} accounts and webhooks have secrets that only the key of the source opens: give every process the"
        f" same TRIAGE_SECRET_KEY (or TRIAGE_SECRET_KEY_FILE), {where}",
        soft_wrap=True,
    )
