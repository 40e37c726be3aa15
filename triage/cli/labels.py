"""`triage label` and `triage labels`: what you say of mail, taken back, listed, from files and into files."""

import getpass
import json
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import Annotated, BinaryIO

import typer
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn

from triage.api.label_schemas import said_item
from triage.api.services import Services
from triage.cli.ingest import MOST_REFUSALS_SHOWN, STANDARD_INPUT, Waits
from triage.cli.instance import services_of
from triage.cli.label_import import Became, ImportTally, LabelImport
from triage.cli.label_tables import labels_table, said_in_words
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.errors import MailboxNotFound, PermanentError, UnknownTopic
from triage.feedback import label as label_emails
from triage.feedback import labelled_examples, withdraw_last
from triage.files import LabelledItem, labels_in
from triage.intake.patience import PatientIntake
from triage.labels import Sentiment, Source, Urgency
from triage.ranking import Statement
from triage.storage import emails
from triage.storage import labels as stored_labels
from triage.storage.inbox import inbox_row
from triage.storage.mailboxes import mailbox_id

app = typer.Typer(help="What people said of mail: import, export, list.", no_args_is_help=True)

BATCH = 200


class YesNo(StrEnum):
    """Whether somebody must act."""

    YES = "yes"
    NO = "no"


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a container may run under a number without a name
        return "command line"


AuthorOption = Annotated[
    str, typer.Option("--author", metavar="NAME", default_factory=_user, help="Who says so; you, if not given.")
]


def label(
    email_ids: Annotated[list[int], typer.Argument(metavar="ID…", min=1, max=2**63 - 1, help="Numbers of the emails.")],
    author: AuthorOption,
    topic: Annotated[str | None, typer.Option(metavar="T", help="What they are about.")] = None,
    sentiment: Annotated[Sentiment | None, typer.Option(help="How the writer feels.")] = None,
    urgency: Annotated[Urgency | None, typer.Option(help="How soon somebody must act.")] = None,
    action: Annotated[YesNo | None, typer.Option(help="Whether somebody must act.")] = None,
    undo: Annotated[bool, typer.Option("--undo", help="Take back what you said last.")] = False,
    data: DataOption = None,
) -> None:
    """Say what emails are; it counts at once. What you do not say stays as it was."""
    statement = Statement(topic, sentiment, urgency, None if action is None else action is YesNo.YES)
    if undo == bool(statement.heads):
        raise typer.BadParameter("say at least one of --topic, --sentiment, --urgency and --action, or --undo alone")
    services, now, wanted = services_of(data), datetime.now(UTC), sorted(set(email_ids))
    if undo:
        _undo(services, wanted, author, now)
        services.learning.make()
        return
    with services.database.unit_of_work() as session:
        done = label_emails(
            session, wanted, statement, source=Source.HUMAN, author=author, now=now, policy=services.policy
        )
    services.learning.make()
    for one in done:
        _say_where(services, one.email_id, "labelled" if one.is_new else "known, it is labelled so")
    _fail_for_others(wanted, [one.email_id for one in done])


def _undo(services: Services, wanted: list[int], author: str, now: datetime) -> None:
    unsaid, missing = [], []
    for email_id in wanted:
        with services.database.unit_of_work() as session:
            if not emails.lock(session, [email_id]):
                missing.append(email_id)
                continue
            undone = withdraw_last(session, email_id, author=author, now=now, policy=services.policy)
        if undone is None:
            unsaid.append(email_id)
        else:
            _say_where(services, email_id, "taken back")
    _fail_for_others(wanted, [email_id for email_id in wanted if email_id not in missing])
    if unsaid:
        named = ", ".join(map(str, unsaid))
        raise PermanentError(
            f"{author} said nothing of {named}; `triage labels list --email {unsaid[0]}` shows who did,"
            " and --author takes back what they said"
        )


def _say_where(services: Services, email_id: int, what: str) -> None:
    with services.database.reading() as session:
        row = inbox_row(session, email_id)
    if row is not None:
        said = said_in_words({} if row.labels is None else row.labels.said.statement.as_json())
        typer.echo(f"{email_id} {what}: {said}; priority {row.email.priority:.2f}, {row.email.band}")


def _fail_for_others(wanted: list[int], done: list[int]) -> None:
    others = [email_id for email_id in wanted if email_id not in done]
    if others:
        raise PermanentError(f"not stored: {', '.join(map(str, others))}; list what is there with `triage inbox`")


@app.command("import")
def import_labels(
    paths: Annotated[list[Path], typer.Argument(metavar="FILE…", help="JSON lines or CSV, or - for standard input.")],
    author: AuthorOption,
    mailbox: MailboxOption = None,
    add_topics: Annotated[
        bool, typer.Option("--add-topics", help="Add topics that the mailbox does not have; else they are refused.")
    ] = False,
    data: DataOption = None,
) -> None:
    """Take in labels: of stored mail by id or message_id, or with the mail itself, subject and body.

    Mail that is not stored yet is stored as done: it is read and learned from, and never stands in the inbox. A line
    that says nothing new changes nothing, so an import can be repeated; a correction that somebody made since stands.
    """
    services = services_of(data)
    console, tally = Console(stderr=True, highlight=False), ImportTally()
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TextColumn("{task.fields[summary]}"))
    try:
        with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
            bar = progress.add_task("taking in labels", total=None, summary="")
            taking = LabelImport(
                services.database,
                PatientIntake(services.intake, Waits(progress, bar, tally)),
                services.policy,
                mailbox or services.settings.default_mailbox,
                author,
                add_topics,
            )
            for path in paths:
                items = _items(path)
                while batch := list(islice(items, BATCH)):
                    taking.take(batch, tally)
                    progress.update(bar, summary=tally.summary())
    finally:
        services.learning.make()
        _report(tally, console)
    if tally.became[Became.REFUSED]:
        raise typer.Exit(1)


def _items(path: Path) -> Iterator[LabelledItem]:
    if path == STANDARD_INPUT:
        yield from labels_in(sys.stdin.buffer, "-")
        return
    file: BinaryIO
    with path.open("rb") as file:
        yield from labels_in(file, str(path))


def _report(tally: ImportTally, console: Console) -> None:
    for name, error in tally.refusals[:MOST_REFUSALS_SHOWN]:
        console.print(f"refused {name}: {error}", style="yellow", markup=False, soft_wrap=True)
    if len(tally.refusals) > MOST_REFUSALS_SHOWN:
        console.print(f"… and {len(tally.refusals) - MOST_REFUSALS_SHOWN:,} more refused", style="yellow")
    if any(isinstance(error, UnknownTopic) for _, error in tally.refusals):
        console.print("--add-topics adds the topics that a mailbox does not have", style="yellow", soft_wrap=True)
    typer.echo(tally.summary())


@app.command("export")
def export_labels(mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Write every labelled email with the labels in force, an object of JSON a line.

    `triage labels import` knows the mail again, here and elsewhere, and `triage train --examples` learns from it.
    """
    for example in labelled_examples(services_of(data).database, mailbox):
        typer.echo(json.dumps(example, ensure_ascii=False).encode("utf-8", "replace"))


@app.command("list")
def list_labels(
    mailbox: MailboxOption = None,
    email: Annotated[
        int | None, typer.Option(metavar="ID", min=1, max=2**63 - 1, help="All that was said of this email.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, metavar="N", help="How many.")] = 20,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List labels, newest first: who said what and when, and what was taken back."""
    if email is not None and mailbox is not None:
        raise typer.BadParameter("name an email or a mailbox, not both")
    services = services_of(data)
    with services.database.reading() as session:
        if email is not None:
            emails.email_by_id(session, email)
            found = stored_labels.history(session, email, limit=limit)
        else:
            wanted = None if mailbox is None else mailbox_id(session, mailbox)
            if mailbox is not None and wanted is None:
                raise MailboxNotFound(mailbox)
            found = stored_labels.newest_labels(session, wanted, limit=limit)
    if as_json:
        shown = [said_item(label).model_dump(mode="json") for label in found]
        typer.echo(json.dumps(shown, ensure_ascii=False, indent=2))
    elif found:
        Console(highlight=False).print(labels_table(found))
    else:
        typer.echo("nothing was said yet; `triage label ID --topic T` says what an email is")
