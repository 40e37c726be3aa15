"""`triage policy`: which policy ranks a mailbox, another one tried on its mail, put in force, and the way back."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.text import Text

from triage.api.policies import changed, shown
from triage.api.policy_schemas import DryRunItem, LearnedItem, PolicyItem, dry_run_item, history_of
from triage.cli.inbox import BAND_STYLE, printable
from triage.cli.instance import services_of
from triage.cli.labels import AuthorOption
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.cli.tables import plain_table
from triage.dry_run import dry_run as try_on
from triage.policies import checked, go_back, put_in_force
from triage.ranking import policy_text
from triage.storage.mailboxes import require_mailbox

app = typer.Typer(help="The policy of a mailbox: show, check, dry-run, set, history, back.", no_args_is_help=True)

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A policy file; docs/policy.md explains it.")
]


@app.command()
def show(mailbox: MailboxOption = None, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Print the policy of a mailbox as a file, and on stderr who put it in force and how far mail follows."""
    services = services_of(data)
    found = shown(services, mailbox or services.settings.default_mailbox)
    if as_json:
        _print_json(found)
        return
    typer.echo(found.text.rstrip())
    typer.echo(_in_words(found), err=True)


@app.command()
def check(file: FileArgument) -> None:
    """Say whether a policy file can be used, and if not which entry is at fault."""
    typer.echo(f"{file} can be used; its version is {checked(policy_text(file)).version}")


@app.command("dry-run")
def dry_run(
    file: FileArgument,
    mailbox: MailboxOption = None,
    most: Annotated[int, typer.Option("--most", min=1, max=200, help="How many of the largest moves to show.")] = 20,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show what a policy would change in the open mail of a mailbox; nothing is stored."""
    services, policy = services_of(data), checked(policy_text(file))
    with services.database.reading() as session:
        number = require_mailbox(session, mailbox or services.settings.default_mailbox)
        found = dry_run_item(policy.version, try_on(session, number, policy, most=most))
    if as_json:
        _print_json(found)
        return
    _show_dry_run(found)


@app.command("set")
def put(
    author: AuthorOption,
    file: Annotated[Path | None, typer.Argument(metavar="FILE", exists=True, dir_okay=False)] = None,
    follow_file: Annotated[bool, typer.Option("--file-policy", help="Follow the policy file again.")] = False,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the history.")] = "",
    mailbox: MailboxOption = None,
    data: DataOption = None,
) -> None:
    """Put a policy in force; stored mail follows in the background, and no process is started anew."""
    if (file is None) != follow_file:
        raise typer.BadParameter("name a policy file, or say --file-policy")
    services = services_of(data)
    name, text = mailbox or services.settings.default_mailbox, None if file is None else policy_text(file)
    with services.database.unit_of_work() as session:
        number = require_mailbox(session, name)
        default, now = services.policies.default, datetime.now(UTC)
        put_in_force(session, number, text, default=default, author=author, reason=reason, now=now)
    typer.echo(_in_words(changed(services, name)))


@app.command()
def history(mailbox: MailboxOption = None, as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the policies that a mailbox had, newest first."""
    services = services_of(data)
    with services.database.reading() as session:
        found = history_of(session, mailbox or services.settings.default_mailbox)
    if as_json:
        _print_json(found)
        return
    table = plain_table()
    for name in ("VERSION", "FROM", "SINCE", "BY", "WHY"):
        table.add_column(name)
    for one in found.items:
        since = one.changed_at.astimezone().strftime("%Y-%m-%d %H:%M")
        source = "file" if one.text is None else "mailbox"
        table.add_row(one.version, source, since, Text(printable(one.author or "–")), Text(printable(one.reason)))
    console = Console(highlight=False)
    console.print(table if found.items else "the mailbox always followed the policy file")


@app.command()
def back(author: AuthorOption, mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Return to the policy before; a second time, to the one before that."""
    services = services_of(data)
    name = mailbox or services.settings.default_mailbox
    with services.database.unit_of_work() as session:
        number = require_mailbox(session, name)
        go_back(session, number, default=services.policies.default, author=author, now=datetime.now(UTC))
    typer.echo(_in_words(changed(services, name)))


def _show_dry_run(found: DryRunItem) -> None:
    console = Console(highlight=False)
    whole = "" if found.is_whole else ", the most pressing"
    console.print(f"{found.moved:,} of {found.looked_at:,} open emails{whole} would move")
    for change, count in found.between.items():
        console.print(f"  {change}: {count:,}")
    if not found.largest:
        return
    table = plain_table(expand=True)
    table.add_column("ID", justify="right", style="dim", no_wrap=True)
    table.add_column("FROM PLACE", justify="right", no_wrap=True)
    table.add_column("TO", justify="right", no_wrap=True)
    table.add_column("PRIO", no_wrap=True)
    table.add_column("BAND", no_wrap=True)
    table.add_column("SUBJECT", ratio=1, overflow="ellipsis", no_wrap=True)
    for one in found.largest:
        table.add_row(
            str(one.id),
            str(one.position_before),
            str(one.position),
            f"{one.priority_before:.2f} → {one.priority:.2f}",
            Text(f"{one.band_before} → {one.band}" if one.band_before != one.band else one.band, BAND_STYLE[one.band]),
            Text(printable(one.subject or "(no subject)")),
        )
    console.print(table)


def _in_words(item: PolicyItem) -> str:
    source = "the policy file" if item.source == "file" else "a policy of its own"
    told = f"mailbox {printable(item.mailbox)} is ranked by {source}, version {item.version}"
    if item.author:
        told += f", put in force by {printable(item.author)}"
    if item.placing is not None and item.placing.done < item.placing.of:
        told += f"; {item.placing.done:,} of {item.placing.of:,} open emails are placed by it"
    told += f"; {_learned_in_words(item.learned)}"
    return f"{told}; {item.problem}" if item.problem else told


def _learned_in_words(learned: LearnedItem) -> str:
    if not learned.most:
        return "nothing is learned of senders"
    return f"what was learned of {learned.senders:,} senders moves mail by {learned.most:g} at most"


def _print_json(found: BaseModel) -> None:
    typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2))
