"""The rows of a table in the order of their key, some megabytes at a time however large a row is."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, ColumnElement, Connection, Table, Text, cast, func, literal, select, tuple_

from triage.storage.copying.plain import JsonText, is_wide

MOST_ROWS = 1000
MOST_BYTES = 8_000_000

Key = tuple[Any, ...]
Row = Sequence[Any]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that follow each other.

    Attributes:
        last: The key of the last of them.
    """

    rows: Sequence[Row]
    last: Key


def batches(
    connection: Connection, table: Table, *, after: Key | None = None, up_to: Key | None = None
) -> Iterator[Batch]:
    """Yield the rows of a table after a key, and up to another one, within the connection's transaction."""
    key = tuple_(*table.primary_key.columns)
    while (last := _end_of_batch(connection, table, after, up_to)) is not None:
        wanted = select(table).where(key <= tuple_(*_bound(table, last))).order_by(*table.primary_key.columns)
        if after is not None:
            wanted = wanted.where(key > tuple_(*_bound(table, after)))
        yield Batch([tuple(row) for row in connection.execute(wanted)], last)
        after = last


def count(connection: Connection, table: Table) -> int:
    """Return how many rows a table has."""
    return connection.scalar(select(func.count()).select_from(table)) or 0


def _end_of_batch(connection: Connection, table: Table, after: Key | None, up_to: Key | None) -> Key | None:
    """Return the key of the row up to which a batch goes; `None` when there is no further row."""
    columns = list(table.primary_key.columns)
    on_postgresql = connection.dialect.name == "postgresql"
    wide = [func.coalesce(_size(column, on_postgresql), 0) for column in table.columns if is_wide(column)]
    wanted = select(*columns, sum(wide, literal(0)).label("bytes")).order_by(*columns).limit(MOST_ROWS)
    if after is not None:
        wanted = wanted.where(tuple_(*columns) > tuple_(*_bound(table, after)))
    if up_to is not None:
        wanted = wanted.where(tuple_(*columns) <= tuple_(*_bound(table, up_to)))
    last: Key | None = None
    held = 0
    for *key, size_bytes in connection.execute(wanted):
        held += size_bytes
        if last is not None and held > MOST_BYTES:
            break
        last = tuple(key)
    return last


def _size(column: Column[Any], on_postgresql: bool) -> ColumnElement[int]:
    # SQLite has learned `octet_length` late; how many characters there are is near enough.
    if not on_postgresql:
        return func.length(column)
    return func.octet_length(cast(column, Text) if isinstance(column.type, JsonText) else column)


def _bound(table: Table, key: Key) -> list[Any]:
    return [literal(value, column.type) for value, column in zip(key, table.primary_key.columns, strict=True)]
