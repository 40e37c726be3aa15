"""`triage webhooks`: who is told over HTTP of what happens here, what was sent, and sending it again."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import typer
from pydantic import BaseModel
from rich.console import Console
from rich.table import Table
from rich.text import Text

from triage.api.webhook_schemas import DeliveryItem, WebhookItem
from triage.cli.inbox import printable
from triage.cli.instance import services_of
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.cli.tables import plain_table
from triage.outbox import Event
from triage.webhooks.webhooks import WebhookStatus

app = typer.Typer(help="Tell other systems over HTTP what happens here.", no_args_is_help=True)

WebhookArgument = Annotated[int, typer.Argument(metavar="ID", min=1, max=2**63 - 1, help="Number of the webhook.")]
STATE_STYLE = {"delivered": "green", "waiting": "yellow", "failed": "bold red"}


@app.command()
def add(
    url: Annotated[str, typer.Argument(metavar="URL", help="Where to send to; begins with https://.")],
    events: Annotated[list[Event], typer.Option("--event", help="What to tell; may be given more than once.")],
    mailbox: MailboxOption = None,
    data: DataOption = None,
) -> None:
    """Add a webhook. The last word printed is its secret, which is shown this once."""
    added, secret = services_of(data).webhooks.add(url, events, mailbox)
    typer.echo(
        f"webhook {added.id} is told of {', '.join(added.events)}; its receiver verifies with the secret {secret}"
    )


@app.command("list")
def list_webhooks(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List every webhook and how it goes with it."""
    found = services_of(data).webhooks.all()
    if as_json:
        _print_json([WebhookItem.model_validate(one) for one in found])
    elif found:
        Console(highlight=False).print(_webhooks_table(found))
    else:
        typer.echo("no webhook; `triage webhooks add` adds one")


@app.command()
def remove(webhook_id: WebhookArgument, data: DataOption = None) -> None:
    """Forget a webhook with all that waits for it."""
    services_of(data).webhooks.remove(webhook_id)
    typer.echo(f"webhook {webhook_id} is removed")


@app.command()
def enable(webhook_id: WebhookArgument, data: DataOption = None) -> None:
    """Tell a webhook again, of what waited and what happens from now on."""
    found = services_of(data).webhooks.enable(webhook_id)
    typer.echo(f"webhook {webhook_id} is told again; {found.waiting:,} events wait")


@app.command()
def disable(webhook_id: WebhookArgument, data: DataOption = None) -> None:
    """Tell a webhook nothing more. What waits stays; what happens meanwhile it never hears of."""
    services_of(data).webhooks.disable(webhook_id)
    typer.echo(f"webhook {webhook_id} is told nothing more")


@app.command()
def secret(webhook_id: WebhookArgument, data: DataOption = None) -> None:
    """Give a webhook another secret, printed as the last word. For a day the one before signs as well."""
    made = services_of(data).webhooks.give_secret(webhook_id)
    typer.echo(f"webhook {webhook_id} signs with the secret {made}")


@app.command("test")
def try_out(webhook_id: WebhookArgument, data: DataOption = None) -> None:
    """Send an event that tells of nothing; `triage webhooks log` says what came of it."""
    number = services_of(data).webhooks.try_out(webhook_id)
    typer.echo(f"delivery {number} waits; `triage webhooks log {webhook_id}` says what came of it")


@app.command()
def log(
    webhook_id: WebhookArgument,
    limit: Annotated[int, typer.Option(min=1, max=1000, help="How many.")] = 20,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List what was sent to a webhook and what waits, newest first."""
    items = [DeliveryItem.model_validate(one) for one in services_of(data).webhooks.log(webhook_id, limit=limit)]
    if as_json:
        _print_json(items)
    else:
        Console(highlight=False).print(_log_table(items) if items else "nothing happened yet that it is told of")


@app.command()
def replay(
    webhook_id: WebhookArgument,
    delivery: Annotated[int | None, typer.Option(min=1, max=2**63 - 1, help="Number of one event.")] = None,
    failed: Annotated[bool, typer.Option("--failed", help="All that were given up.")] = False,
    data: DataOption = None,
) -> None:
    """Send one event again, or all that were given up; each under the same id as before."""
    if (delivery is None) != failed:
        raise typer.BadParameter("name one event with --delivery, or say --failed")
    webhooks = services_of(data).webhooks
    if delivery is None:
        typer.echo(f"{webhooks.replay_failed(webhook_id):,} events are sent again")
        return
    webhooks.replay(webhook_id, delivery)
    typer.echo(f"delivery {delivery} is sent again")


def _webhooks_table(found: Sequence[WebhookStatus]) -> Table:
    table = _table("ID", "WAITING", "SENT", "FAILED")
    table.add_column("ADDRESS", overflow="ellipsis", no_wrap=True, max_width=50)
    table.add_column("TOLD OF", overflow="fold")
    table.add_column("STATE", ratio=1, overflow="fold")
    for one in found:
        counts = (f"{one.waiting:,}", f"{one.delivered:,}", f"{one.failed:,}")
        told = ", ".join(one.events) + (f" in {one.mailbox}" if one.mailbox else "")
        table.add_row(str(one.id), *counts, Text(printable(one.url)), Text(printable(told)), _state(one))
    return table


def _state(one: WebhookStatus) -> Text:
    if one.problem:
        return Text(printable(one.problem), "bold red")
    if one.disabled_at is not None:
        return Text("disabled", "dim")
    if one.failing_since is not None:
        since = one.failing_since.astimezone().strftime("%Y-%m-%d %H:%M")
        return Text(f"does not take events since {since}", "yellow")
    return Text("ok", "green")


def _log_table(items: Sequence[DeliveryItem]) -> Table:
    table = _table("ID", "TRIES", "ANSWER")
    for name in ("WHEN", "EVENT", "OF"):
        table.add_column(name, no_wrap=True)
    table.add_column("STATE", ratio=1, overflow="fold")
    for one in items:
        when = one.created_at.astimezone().strftime("%Y-%m-%d %H:%M")
        state = Text(one.state, STATE_STYLE[one.state])
        if one.state == "waiting" and one.attempts:
            wait = max(int((one.due_at - datetime.now(UTC)).total_seconds()), 0)
            state.append(f", again in {wait:,} s")
        if one.error:
            state.append(f": {printable(one.error)}", "dim")
        counts = (str(one.id), str(one.attempts), str(one.answer or "–"))
        table.add_row(*counts, when, one.event, Text(printable(one.subject)), state)
    return table


def _table(*numbers: str) -> Table:
    table = plain_table()
    for name in numbers:
        table.add_column(name, justify="right", no_wrap=True)
    return table


def _print_json(items: Sequence[BaseModel]) -> None:
    typer.echo(json.dumps([item.model_dump(mode="json") for item in items], ensure_ascii=False, indent=2))
