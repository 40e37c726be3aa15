"""How `triage failed list` looks."""

from collections.abc import Sequence
from datetime import datetime

from rich.table import Table
from rich.text import Text

from triage.api.failed_schemas import FailedGroupItem
from triage.api.image_schemas import ImageItem
from triage.api.schemas import EmailItem
from triage.cli.inbox import printable
from triage.cli.tables import plain_table


def groups_table(groups: Sequence[FailedGroupItem], now: datetime, what: str = "emails") -> Table:
    """Return one row for each cause; `#` is how the rows below refer to it."""
    table = _table()
    table.add_column("#", justify="right", style="dim", no_wrap=True)
    table.add_column(what.upper(), justify="right", style="bold", no_wrap=True)
    table.add_column("STAGE", no_wrap=True)
    table.add_column("CAUSE", style="yellow", ratio=1, overflow="fold")
    table.add_column("FIRST", no_wrap=True)
    table.add_column("LAST", no_wrap=True)
    for number, group in enumerate(groups, start=1):
        table.add_row(
            str(number),
            f"{group.count:,}",
            Text(printable(group.stage)),
            Text(printable(group.error)),
            _minute(group.first_failed_at, now),
            _minute(group.last_failed_at, now),
        )
    return table


def emails_table(items: Sequence[EmailItem], groups: Sequence[FailedGroupItem], now: datetime) -> Table:
    """Return one row for each email."""
    numbers = {(group.stage, group.error): str(number) for number, group in enumerate(groups, start=1)}
    table = _table()
    table.add_column("#", justify="right", style="dim", no_wrap=True)
    table.add_column("ID", justify="right", no_wrap=True)
    table.add_column("SET ASIDE", no_wrap=True)
    table.add_column("TRIED", justify="right", no_wrap=True)
    table.add_column("FROM", width=18, overflow="ellipsis", no_wrap=True)
    table.add_column("SUBJECT", ratio=1, overflow="ellipsis", no_wrap=True)
    for item in items:
        table.add_row(
            numbers.get((item.error_stage or "", item.error or ""), ""),
            str(item.id),
            _minute(item.failed_at, now),
            f"{item.attempts}×",
            Text(printable(item.from_.name or item.from_.address)),
            Text(printable(item.subject or "(no subject)")),
        )
    return table


def images_table(items: Sequence[ImageItem], groups: Sequence[FailedGroupItem], now: datetime) -> Table:
    """Return one row for each image."""
    numbers = {(group.stage, group.error): str(number) for number, group in enumerate(groups, start=1)}
    table = _table()
    table.add_column("#", justify="right", style="dim", no_wrap=True)
    table.add_column("ID", justify="right", no_wrap=True)
    table.add_column("SET ASIDE", no_wrap=True)
    table.add_column("TRIED", justify="right", no_wrap=True)
    table.add_column("EMAIL", justify="right", no_wrap=True)
    table.add_column("BYTES", justify="right", ratio=1, no_wrap=True)
    for item in items:
        table.add_row(
            numbers.get((item.error_stage or "", item.error or ""), ""),
            str(item.id),
            _minute(item.failed_at, now),
            f"{item.attempts}×",
            "" if item.email_id is None else str(item.email_id),
            f"{item.size_bytes:,}",
        )
    return table


def _table() -> Table:
    return plain_table(expand=True)


def _minute(moment: datetime | None, now: datetime) -> str:
    """Return a local time, without the year where it is this one: 80 columns have no room for it."""
    if moment is None:
        return ""
    local = moment.astimezone()
    return local.strftime("%m-%d %H:%M" if local.year == now.astimezone().year else "%Y-%m-%d %H:%M")
