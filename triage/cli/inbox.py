"""`triage inbox` and `triage show`: what is most pressing, and one email whole."""

import json
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from triage.api.label_schemas import State
from triage.api.schemas import EmailDetail, EmailItem, email_detail, email_item
from triage.cli.options import DataOption, JsonOption, MailboxOption, quiet_logging, settings_for
from triage.cli.tables import plain_table
from triage.errors import EmailNotFound
from triage.labels import Band, TopicState
from triage.policies import WatchedPolicies
from triage.ranking import duration_in_words, load_policy
from triage.storage import emails
from triage.storage.inbox import InboxFilter, inbox_page, inbox_row
from triage.storage.schema import require_current
from triage.storage.session import Database

BAND_STYLE = {"critical": "bold red", "high": "yellow", "normal": "", "low": "dim"}
# What a terminal would take for commands: a subject must not be able to move the cursor or recolour the list.
CONTROL = {code: "�" for code in (*range(32), *range(127, 160)) if chr(code) not in "\n\t"}


def inbox(
    mailbox: MailboxOption = None,
    topic: Annotated[str | None, typer.Option(metavar="T", help="Only this topic.")] = None,
    band: Annotated[Band | None, typer.Option(help="Only this band.")] = None,
    state: Annotated[State | None, typer.Option(help="Only mail in this state.")] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only mail whose answer is overdue.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """List the inbox, most pressing first."""
    quiet_logging()
    settings, now = settings_for(data), datetime.now(UTC)
    database = Database(settings.database_url)
    require_current(database.engine)
    policy = WatchedPolicies(database, load_policy(settings.policy_file)).current()
    wanted = InboxFilter(mailbox, topic, band, state, due_before=now if overdue else None)
    with database.reading() as session:
        rows = inbox_page(session, wanted, limit=limit)
        attachments = emails.attachments_of(session, [row.email.id for row in rows])
        waiting = emails.count_by_state(session)[emails.QUEUED]
    items = [email_item(row, attachments[row.email.id], policy, now) for row in rows]
    if as_json:
        _print_json([item.model_dump(mode="json", by_alias=True) for item in items])
        return
    console = Console(highlight=False)
    if not items:
        console.print("nothing here; `triage ingest PATH` takes in mail")
        return
    console.print(_table(items, now))
    if waiting:
        console.print(f"{waiting:,} not read yet; they stand where an ordinary mail would", style="dim")


def show(
    email_id: Annotated[int, typer.Argument(metavar="ID", min=1, help="Number of the email, from `triage inbox`.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show one email: its verdict, the reasons, and its text."""
    quiet_logging()
    settings = settings_for(data)
    database = Database(settings.database_url)
    require_current(database.engine)
    policy = WatchedPolicies(database, load_policy(settings.policy_file)).current()
    with database.reading() as session:
        row = inbox_row(session, email_id)
        if row is None:
            raise EmailNotFound(email_id)
        attachments = emails.attachments_of(session, [email_id])[email_id]
        message = emails.message_of(session, email_id)
    detail = email_detail(row, attachments, message, policy, datetime.now(UTC))
    if as_json:
        _print_json(detail.model_dump(mode="json", by_alias=True))
        return
    Console(highlight=False).print(_page(detail), soft_wrap=True)


def _table(items: list[EmailItem], now: datetime) -> Table:
    table = plain_table(expand=True)
    table.add_column(
        "ID", justify="right", style="dim", min_width=len(str(max(item.id for item in items))), no_wrap=True
    )
    table.add_column("BAND", min_width=8, no_wrap=True)
    table.add_column("PRIO", min_width=4, no_wrap=True)
    table.add_column("TOPIC", min_width=11, no_wrap=True)
    table.add_column("FROM", width=18, overflow="ellipsis", no_wrap=True)
    table.add_column("SUBJECT", ratio=1, overflow="ellipsis", no_wrap=True)
    table.add_column("WAITING", justify="right", min_width=10, no_wrap=True)
    for item in items:
        waited = max((now - item.received_at).total_seconds(), 0)
        table.add_row(
            str(item.id),
            Text(item.band, BAND_STYLE[item.band]),
            f"{item.priority:.2f}",
            topic_cell(item),
            Text(printable(item.from_.name or item.from_.address)),
            Text(printable(item.subject or "(no subject)"), BAND_STYLE[item.band]),
            duration_in_words(waited) if waited >= 60 else "just now",
        )
    return table


def topic_cell(item: EmailItem) -> Text:
    """Return the topic as a list shows it: a suggestion with a question mark, a dash where no topic is likely."""
    if item.topic is None:
        return Text("unreadable" if item.state == emails.FAILED else "…")
    topic = printable(item.topic)
    if item.topic_state is TopicState.APPLIED:
        return Text(topic)
    return Text(f"{topic}?" if item.topic_state is TopicState.SUGGESTED else "–", "dim")


def _topic_in_words(item: EmailItem) -> str:
    if item.topic is None or item.topic_confidence is None:
        return "not known yet"
    # As reasons put it: no model is certain.
    share = "over 99" if item.topic_confidence >= 0.995 else f"{100 * item.topic_confidence:.0f}"
    topic, sure = printable(item.topic), f"{share}\N{NO-BREAK SPACE}%"
    if "topic" in item.labelled:
        return f"{topic}, as was said"
    if item.topic_state is TopicState.APPLIED:
        return f"{topic} ({sure})"
    if item.topic_state is TopicState.SUGGESTED:
        return f"{topic}? ({sure}, a suggestion)"
    return f"none of the topics is likely; the nearest is {topic} ({sure})"


def _page(detail: EmailDetail) -> Group:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim")
    facts.add_column()
    sender = f"{detail.from_.name} <{detail.from_.address}>" if detail.from_.name else detail.from_.address
    facts.add_row("from", Text(printable(sender)))
    facts.add_row("received", detail.received_at.astimezone().strftime("%Y-%m-%d %H:%M"))
    facts.add_row("mailbox", Text(printable(detail.mailbox)))
    facts.add_row("priority", Text(f"{detail.priority:.2f}, {detail.band}", BAND_STYLE[detail.band]))
    facts.add_row("topic", Text(_topic_in_words(detail)))
    for position, reason in enumerate(detail.reasons):
        quoted = "".join(f" “{printable(phrase)}”" for phrase in reason.phrases)
        facts.add_row("because" if position == 0 else "", Text(f"{reason.effect:+.2f}  {reason.text}{quoted}"))
    for attachment in detail.attachments:
        size = f"{attachment.content_type}, {attachment.size_bytes:,} bytes"
        facts.add_row("attached", Text(f"{printable(attachment.filename)} ({printable(size)})"))
    if detail.error:
        attempts = "1 attempt" if detail.attempts == 1 else f"{detail.attempts} attempts"
        facts.add_row("error", Text(f"{detail.error} ({attempts})", "yellow"))
    parts: list[RenderableType] = [
        Text(printable(detail.subject or "(no subject)"), "bold"),
        facts,
        Text(),
        Text(printable(detail.text)),
    ]
    if detail.quoted_text.strip():
        parts += [Text(), Text(printable(detail.quoted_text), "dim")]
    return Group(*parts)


def printable(text: str) -> str:
    """Return text of strangers as a terminal may show it."""
    return text.translate(CONTROL)


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
