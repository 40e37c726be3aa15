"""`triage ingest`: mail from files."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Protocol

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TaskID, TextColumn, TimeElapsedColumn

from triage.api.services import make_services
from triage.cli.options import DataOption, MailboxOption, quiet_logging, settings_for
from triage.errors import QueueUnavailable, TransientError, TriageError
from triage.files import Item, mail_files, mail_in, mail_in_stream
from triage.intake import Outcome, Submission
from triage.intake.patience import PatientIntake
from triage.queue import WorkStream
from triage.storage.schema import require_current

BATCH, BATCH_BYTES = 200, 16 * 2**20
STANDARD_INPUT = Path("-")
MOST_REFUSALS_SHOWN = 20
# What is refused stays where it was, so nothing is set aside.
ANSWERED = (Outcome.STORED, Outcome.DUPLICATE, Outcome.REFUSED)


@dataclass(slots=True)
class Tally:
    """What became of the mail so far; every item is in exactly one count."""

    outcomes: Counter[Outcome] = field(default_factory=Counter)
    refusals: list[tuple[str, TriageError]] = field(default_factory=list)

    def refuse(self, name: str, error: TriageError) -> None:
        """Count a mail that was refused, with the reason."""
        self.outcomes[Outcome.REFUSED] += 1
        self.refusals.append((name, error))

    def summary(self) -> str:
        """Say it in one line."""
        counts = ", ".join(f"{self.outcomes[outcome]:,} {outcome}" for outcome in ANSWERED)
        return f"{self.outcomes.total():,} given: {counts}"


class Counts(Protocol):
    """Whatever says in one line what was done so far."""

    def summary(self) -> str:
        """Say it in one line."""


class Waits:
    """Says on the progress line what is waited for; where nobody sees that line, once on a line of its own."""

    def __init__(self, progress: Progress, bar: TaskID, tally: Counts) -> None:
        self._progress = progress
        self._bar = bar
        self._tally = tally
        self._told: set[str] = set()

    def __call__(self, error: TransientError | None) -> None:
        """Say what is waited for, or with `None` that it goes on."""
        summary = self._tally.summary()
        self._progress.update(self._bar, summary=summary if error is None else f"{summary}; waiting: {error}")
        if error is not None and not self._progress.console.is_terminal and type(error).__name__ not in self._told:
            self._told.add(type(error).__name__)
            self._progress.console.print(f"waiting: {error}", markup=False, soft_wrap=True)


def ingest(
    paths: Annotated[list[Path], typer.Argument(metavar="PATH…", help=".eml, mbox, Maildir, .jsonl, a folder, or -")],
    mailbox: MailboxOption = None,
    data: DataOption = None,
) -> None:
    """Take in mail from files. What was taken in before is recognised, so an interrupted run can be repeated."""
    quiet_logging()
    settings = settings_for(data)
    services = make_services(settings)
    require_current(services.database.engine)
    console = Console(stderr=True, highlight=False)
    sources = [file for path in paths for file in ([path] if path == STANDARD_INPUT else mail_files(path))]
    tally = Tally()
    try:
        with _progress(console) as progress:
            bar = progress.add_task("taking in mail", total=len(sources), summary="")
            intake = PatientIntake(services.intake, Waits(progress, bar, tally))
            for batch, sources_done in batches(sources):
                accept(intake, batch, mailbox or settings.default_mailbox, tally)
                progress.update(bar, completed=sources_done, summary=tally.summary())
    except TransientError:
        console.print("what is counted below is safe; the same command again takes in the rest", soft_wrap=True)
        raise
    finally:
        report(tally, console)
    _say_when_nobody_reads(services.stream, console)
    if tally.outcomes[Outcome.REFUSED]:
        raise typer.Exit(1)


def batches(sources: list[Path]) -> Iterator[tuple[list[Item], int]]:
    """Yield mail in batches of bounded number and size, with how many sources have been read to their end."""
    batch: list[Item] = []
    size = 0
    for done, source in enumerate(sources):
        for item in _items(source):
            batch.append(item)
            size += len(item.found.raw) if isinstance(item.found, Submission) else 0
            if len(batch) >= BATCH or size >= BATCH_BYTES:
                yield batch, done
                batch, size = [], 0
    yield batch, len(sources)


def accept(intake: PatientIntake, batch: list[Item], default_mailbox: str, tally: Tally) -> None:
    """Hand a batch to intake, each mail for its mailbox, and count what became of it."""
    by_mailbox: dict[str, list[tuple[str, Submission]]] = {}
    for item in batch:
        if isinstance(item.found, Submission):
            by_mailbox.setdefault(item.mailbox or default_mailbox, []).append((item.name, item.found))
        else:
            tally.refuse(item.name, item.found)
    for mailbox, named in by_mailbox.items():
        receipts = intake.accept([submission for _, submission in named], mailbox=mailbox)
        for (name, _), receipt in zip(named, receipts, strict=True):
            if receipt.error is not None:
                tally.refuse(name, receipt.error)
            else:
                tally.outcomes[receipt.outcome] += 1


def report(tally: Tally, console: Console) -> None:
    """Print the summary, and what was refused with its reason."""
    for name, error in tally.refusals[:MOST_REFUSALS_SHOWN]:
        console.print(f"refused {name}: {error}", style="yellow", markup=False, soft_wrap=True)
    if len(tally.refusals) > MOST_REFUSALS_SHOWN:
        console.print(f"… and {len(tally.refusals) - MOST_REFUSALS_SHOWN:,} more refused", style="yellow")
    typer.echo(tally.summary())


def _items(source: Path) -> Iterator[Item]:
    return mail_in_stream(sys.stdin.buffer) if source == STANDARD_INPUT else mail_in(source)


def _progress(console: Console) -> Progress:
    columns = (
        SpinnerColumn(),
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
    )
    return Progress(*columns, TextColumn("{task.fields[summary]}"), console=console, transient=True)


def _say_when_nobody_reads(stream: WorkStream, console: Console) -> None:
    try:
        stream.length()
    except QueueUnavailable:
        note = "nothing reads the mail yet: it is stored, and read once Triage runs (`triage up`)"
        console.print(note, style="yellow", soft_wrap=True)
