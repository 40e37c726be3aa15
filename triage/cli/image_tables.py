"""How `triage images versions` looks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from rich.table import Table
from rich.text import Text

from triage.api.image_model_schemas import ImageActivationItem, ImageModelItem
from triage.cli.inbox import printable
from triage.cli.model_tables import STATE_STYLE
from triage.cli.tables import plain_table


def image_versions_table(items: Sequence[ImageModelItem]) -> Table:
    """Return one row for each version; the accuracy is that of its manifest, each on its own held-out images."""
    table = _table("VERSION", "STATE", "ACCURACY", "INSTALLED", "CLASSES")
    for item in items:
        table.add_row(
            Text(printable(item.version)),
            Text(item.state, STATE_STYLE.get(item.state, "")),
            _accuracy(item.figures),
            "shipped" if item.is_shipped else _minute(item.created_at),
            Text(printable(", ".join(item.classes))),
            style="dim" if item.state == "dropped" else "",
        )
    return table


def activations_table(items: Sequence[ImageActivationItem]) -> Table:
    """Return one row for each activation."""
    table = _table("ACTIVATED", "VERSION", "BY", "WHY")
    for item in items:
        table.add_row(
            _minute(item.activated_at), *(Text(printable(told)) for told in (item.version, item.author, item.reason))
        )
    return table


def _accuracy(figures: dict[str, Any]) -> str:
    own = figures.get("model")  # a cascade has it on top
    value = (own if isinstance(own, dict) else figures).get("accuracy")
    return f"{value:.3f}" if isinstance(value, int | float) else ""


def _minute(moment: datetime | None) -> str:
    return "" if moment is None else moment.astimezone().strftime("%Y-%m-%d %H:%M")


def _table(*columns: str) -> Table:
    table = plain_table()
    for name in columns[:-1]:
        table.add_column(name, no_wrap=True)
    table.add_column(columns[-1], ratio=1, overflow="fold")
    return table
