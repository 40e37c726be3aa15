"""`triage keys`: who may use the API, and for what."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from triage.access import SCOPES_OF, Grant, Role, Scope, in_order
from triage.api.key_schemas import KeyItem, key_item, key_list
from triage.cli.inbox import printable
from triage.cli.instance import database_of
from triage.cli.labels import AuthorOption
from triage.cli.options import DataOption, JsonOption
from triage.cli.tables import plain_table
from triage.keys import create as create_key
from triage.keys import revoke as revoke_key
from triage.storage import keys

app = typer.Typer(help="Keys of the API: create, list, revoke.", no_args_is_help=True)


@app.command()
def create(
    author: AuthorOption,
    scopes: Annotated[
        list[Scope] | None, typer.Option("--scope", help="What it is for; give more than one if needed.")
    ] = None,
    role: Annotated[Role | None, typer.Option(help="Or who will use it: the scopes of a role.")] = None,
    mailboxes: Annotated[
        list[str] | None, typer.Option("--mailbox", metavar="M", help="A mailbox that it is for; all if none is given.")
    ] = None,
    name: Annotated[str, typer.Option(metavar="TEXT", help="What or who will use it, for the list.")] = "key",
    days: Annotated[int | None, typer.Option(min=1, max=36_500, help="Days until it expires; never if not given.")] = (
        None
    ),
    data: DataOption = None,
) -> None:
    """Make a key and print it, as the last word; it is not shown again."""
    if bool(scopes) == (role is not None):
        raise typer.BadParameter("say what the key is for: --scope or --role")
    granted, now = SCOPES_OF[role] if role else frozenset(scopes or ()), datetime.now(UTC)
    database, _ = database_of(data)
    with database.unit_of_work() as session:
        expires_at = now + timedelta(days=days) if days else None
        grant = Grant(name[: keys.LONGEST_NAME], granted, mailboxes or None, expires_at)
        made = create_key(session, grant, author=f"cli:{author}", now=now)
    of = f"mailbox {', '.join(sorted(set(mailboxes)))}" if mailboxes else "all mailboxes"
    typer.echo(f"key {made.id} ({', '.join(in_order(granted))}; {of}); it is shown this once:\n{made.secret}")


@app.command("list")
def list_keys(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List the keys, revoked ones among them, newest first."""
    database, _ = database_of(data)
    with database.reading() as session:
        found = key_list(keys.all_keys(session))
    if as_json:
        typer.echo(json.dumps(found.model_dump(mode="json"), ensure_ascii=False, indent=2))
        return
    Console(highlight=False).print(keys_table(found.items, datetime.now(UTC)))


@app.command()
def revoke(
    key_id: Annotated[int, typer.Argument(metavar="ID", min=1, help="Number of the key, from `triage keys list`.")],
    author: AuthorOption,
    data: DataOption = None,
) -> None:
    """Make a key good for nothing. Web processes that run refuse it within seconds."""
    database, _ = database_of(data)
    with database.unit_of_work() as session:
        revoked = key_item(revoke_key(session, key_id, author=f"cli:{author}", now=datetime.now(UTC)))
    typer.echo(f"key {revoked.id} ({revoked.name}) is good for nothing since {revoked.revoked_at:%Y-%m-%d %H:%M} UTC")


def keys_table(items: list[KeyItem], now: datetime) -> Table:
    """Return keys as a table."""
    table = plain_table("ID", "NAME", "BEGINS WITH", "SCOPES", "MAILBOXES", "MADE", "LAST USED", "STATE")
    for one in items:
        table.add_row(
            str(one.id),
            escape(printable(one.name)),
            one.beginning,
            ", ".join(one.scopes),
            "all" if one.mailboxes is None else escape(", ".join(one.mailboxes)),
            f"{one.created_at:%Y-%m-%d}",
            "never" if one.last_used_at is None else f"{one.last_used_at:%Y-%m-%d %H:%M}",
            state_of(one, now),
        )
    return table


def state_of(key: KeyItem, now: datetime) -> str:
    """Return whether a key is good, in a word."""
    if key.revoked_at is not None:
        return "revoked"
    return "expired" if key.expires_at is not None and key.expires_at <= now else "good"
