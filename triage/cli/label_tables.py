"""How `triage labels list` and `triage topics list` look."""

from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from triage.cli.inbox import printable
from triage.cli.tables import plain_table
from triage.storage.labels import statement_of
from triage.storage.tables import Label
from triage.storage.topics import MailboxTopic


def said_in_words(said: Mapping[str, Any]) -> str:
    """Return what is said as one line: `topic billing, urgency high, action yes`."""
    words = {True: "yes", False: "no"}
    told = [
        f"{head.removesuffix('_required')} {printable(str(words.get(value, value)))}" for head, value in said.items()
    ]
    return ", ".join(told) or "nothing said"


def labels_table(labels: Sequence[Label]) -> Table:
    """Return one row for each label; one that was withdrawn is dim and says by whom."""
    table = plain_table()
    table.add_column("LABEL", justify="right", no_wrap=True)
    table.add_column("EMAIL", justify="right", no_wrap=True)
    table.add_column("SAID", no_wrap=True)
    table.add_column("BY", max_width=24, overflow="ellipsis", no_wrap=True)
    table.add_column("WHAT", ratio=1, overflow="fold")
    for label in labels:
        who = label.author if label.source == "human" else f"{label.author} ({label.source})"
        what = said_in_words(statement_of(label).as_json())
        gone = label.withdrawn_at is not None
        undone = f"; taken back by {printable(label.withdrawn_by or '')}" if gone else ""
        said_at = label.said_at.astimezone().strftime("%Y-%m-%d %H:%M")
        cells = (str(label.id), str(label.email_id), said_at, Text(printable(who)), Text(what + undone))
        table.add_row(*cells, style="dim" if gone else "")
    return table


def topics_table(topics: Sequence[tuple[MailboxTopic, int]]) -> Table:
    """Return one row for each topic, with how many emails people gave it."""
    table = plain_table()
    table.add_column("TOPIC", overflow="fold")
    table.add_column("LABELLED", justify="right", no_wrap=True)
    table.add_column("", no_wrap=True)
    for topic, count in topics:
        table.add_row(Text(printable(topic.name)), f"{count:,}", "retired" if topic.retired_at else "")
    return table
