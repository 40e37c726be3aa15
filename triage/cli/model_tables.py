"""How `triage models list` looks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from triage.api.model_schemas import ModelItem, ShadowItem
from triage.cli.inbox import printable
from triage.cli.tables import plain_table

STATE_STYLE = {"active": "bold green", "dropped": "dim"}
# Of each version these, as its manifest names them.
FIGURES = {"TOPIC F1": "topic_macro_f1", "URGENCY κ": "urgency_kappa", "CRITICAL": "urgency_critical_recall"}


def versions_table(items: Sequence[ModelItem]) -> Table:
    """Return one row for each version; the figures are those of its manifest, each on its own held-out mail."""
    table = plain_table()
    table.add_column("VERSION", no_wrap=True)
    table.add_column("STATE", no_wrap=True)
    for name in FIGURES:
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("MADE", no_wrap=True)
    table.add_column("ACTIVATED", ratio=1, overflow="fold")
    for item in items:
        table.add_row(
            Text(printable(item.version)),
            Text(_state(item), STATE_STYLE.get(item.state, "")),
            *(_figure(item.figures, name) for name in FIGURES.values()),
            "shipped" if item.is_shipped else _minute(item.created_at),
            Text(_activated(item)),
            style="dim" if item.state == "dropped" else "",
        )
    return table


def shadow_table(version: str, shadow: ShadowItem) -> Table:
    """Return where a version differs from the active one, the most frequent first."""
    table = plain_table()
    table.title = f"{printable(version)} beside the active one: {shadow.emails:,} emails"
    table.title_justify = "left"
    table.add_column("HEAD", no_wrap=True)
    table.add_column("ACTIVE → CANDIDATE", overflow="fold")
    table.add_column("EMAILS", justify="right", no_wrap=True)
    table.add_column("SUCH AS", overflow="fold")
    found = [(count, head, change) for head, changes in shadow.differing.items() for change, count in changes.items()]
    for count, head, change in sorted(found, key=lambda one: (-one[0], one[1:])):
        such = [str(one["email_id"]) for one in shadow.examples if one["heads"].get(head) == change]
        table.add_row(head.removesuffix("_required"), Text(printable(change)), f"{count:,}", ", ".join(such[-3:]))
    return table


def _state(item: ModelItem) -> str:
    reads_beside = item.shadow is not None and item.shadow.stopped_at is None
    return f"{item.state}, shadow" if reads_beside else item.state


def _figure(figures: dict[str, Any], name: str) -> str:
    value = figures.get("model", {}).get(name)
    return f"{value:.3f}" if isinstance(value, int | float) else ""


def _activated(item: ModelItem) -> str:
    if item.activated_at is None:
        return ""
    why = f": {printable(item.reason)}" if item.reason else ""
    return f"{_minute(item.activated_at)} by {printable(item.activated_by or '')}{why}"


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")
