"""`triage models`: which versions read a mailbox, the active one, the way back, and one that reads beside it."""

import json
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from triage import registry
from triage.api.model_schemas import ModelList, model_card, model_list, version_named
from triage.api.services import Services
from triage.cli.inbox import printable
from triage.cli.instance import services_of
from triage.cli.labels import AuthorOption
from triage.cli.model_tables import shadow_table, versions_table
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.errors import QueueUnavailable
from triage.storage.mailboxes import require_mailbox

app = typer.Typer(help="Versions of models: list, card, activate, rollback, shadow, install.", no_args_is_help=True)

VersionArgument = Annotated[
    str, typer.Argument(metavar="V", help="A version, from `triage models list`; `shipped` is the model we ship.")
]


@app.command("list")
def list_models(mailbox: MailboxOption = None, as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the versions of a mailbox, with what they are worth, and how far mail is read again with the active one."""
    found = model_list(services_of(data), mailbox)
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    console = Console(highlight=False)
    console.print(versions_table(found.items))
    _say_what_goes_on(found, console)


@app.command()
def card(version: VersionArgument, mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Print the model card of a version: what it is for, what it is worth, and what it cannot do."""
    typer.echo(model_card(services_of(data), mailbox, version).rstrip())


@app.command()
def activate(
    version: VersionArgument,
    author: AuthorOption,
    mailbox: MailboxOption = None,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Why, for the list.")] = "",
    data: DataOption = None,
) -> None:
    """Read a mailbox with a version from now on; mail that is labelled or not handled yet is read again with it."""
    services, now = services_of(data), datetime.now(UTC)
    name, wanted = mailbox or services.settings.default_mailbox, version_named(services, version)
    with services.database.unit_of_work() as session:
        known = require_mailbox(session, name)
        is_new = registry.activate(session, known, wanted, author=author, reason=reason, now=now)
    active = _begin_reading_again(services, name)
    typer.echo(f"mailbox {name} is {'now ' if is_new else 'already '}read with {active}")


@app.command()
def rollback(author: AuthorOption, mailbox: MailboxOption = None, data: DataOption = None) -> None:
    """Return to the version that was active before; a second time, to the one before that."""
    services, now = services_of(data), datetime.now(UTC)
    name = mailbox or services.settings.default_mailbox
    with services.database.unit_of_work() as session:
        registry.roll_back(session, require_mailbox(session, name), author=author, now=now)
    typer.echo(f"mailbox {name} is read with {_begin_reading_again(services, name)} again")


@app.command()
def shadow(
    version: Annotated[str | None, typer.Argument(metavar="V", help="A version, from `triage models list`.")] = None,
    stop: Annotated[bool, typer.Option("--stop", help="Let no version read beside the active one any more.")] = False,
    mailbox: MailboxOption = None,
    data: DataOption = None,
) -> None:
    """Let a version read new mail beside the active one, and count where they differ; no mail moves by it."""
    if (version is None) != stop:
        raise typer.BadParameter("name a version, or say --stop")
    services, now = services_of(data), datetime.now(UTC)
    name = mailbox or services.settings.default_mailbox
    with services.database.unit_of_work() as session:
        known = require_mailbox(session, name)
        if version is None:
            did = registry.end_shadow(session, known, now=now)
            typer.echo("it reads no more beside the active one" if did else "none read beside the active one")
        else:
            registry.begin_shadow(session, known, version, now=now)
            typer.echo(
                f"{printable(version)} reads new mail of {name} beside the active one; `triage models list` counts"
            )


@app.command()
def install(
    bundle: Annotated[Path, typer.Argument(metavar="DIR", help="A bundle, as `triage train --output DIR` writes it.")],
    mailbox: MailboxOption = None,
    data: DataOption = None,
) -> None:
    """Keep a bundle as a version of a mailbox; nothing is read with it before it is activated."""
    services, now = services_of(data), datetime.now(UTC)
    name = mailbox or services.settings.default_mailbox
    with services.database.unit_of_work() as session:
        version = registry.install(session, bundle, mailbox_id=require_mailbox(session, name), now=now)
    typer.echo(f"mailbox {name} has {version}; `triage models activate {version}` reads with it")


def _begin_reading_again(services: Services, name: str) -> str:
    """See that mail is read again, and return the version that is active."""
    with suppress(QueueUnavailable):  # beat begins it once Redis is back
        services.reading_again.begin()
    return printable(model_list(services, name).active)


def _say_what_goes_on(found: ModelList, console: Console) -> None:
    again = found.rereading
    if again is not None and again.done < again.of:
        left_out = f", {again.refused:,} of them cannot be" if again.refused else ""
        console.print(
            f"mail is read again with {printable(found.active)}: {again.done:,} of {again.of:,}{left_out}",
            soft_wrap=True,
        )
    for item in found.items:
        if item.shadow is not None and item.shadow.emails:
            console.print()
            console.print(shadow_table(item.version, item.shadow))
