"""Tables as a copy sees them: documents are text as they are stored, all else is as everybody sees it.

A document that says `null` and one that is not there come out of the database as the same `None`; a copy must keep them
apart.
"""

from functools import cache

from sqlalchemy import JSON, Column, ColumnElement, LargeBinary, MetaData, Table, Text, cast
from sqlalchemy.types import TypeDecorator

from triage.storage.tables import Base, Compatibility

# What each migration writes for itself; a database that was migrated has it already.
_OWN = {Compatibility.__tablename__}


class JsonText(TypeDecorator[str]):
    """A document as text."""

    impl = Text
    cache_ok = True

    def column_expression(self, column: ColumnElement[str]) -> ColumnElement[str]:
        """Ask for the words of a document, which PostgreSQL keeps as none."""
        return cast(column, Text)


@cache
def plain_tables() -> tuple[Table, ...]:
    """Return every table that is copied, each after those that it refers to."""
    metadata = MetaData()
    return tuple(_plain(table, metadata) for table in Base.metadata.sorted_tables if table.name not in _OWN)


def is_wide(column: Column[object]) -> bool:
    """Say whether a value may be large: text and bytes without a bound, and documents."""
    return isinstance(column.type, Text | JsonText) or (
        isinstance(column.type, LargeBinary) and column.type.length is None
    )


def _plain(table: Table, metadata: MetaData) -> Table:
    columns = [
        Column(
            column.name,
            JsonText() if isinstance(column.type, JSON) else column.type,
            primary_key=column.primary_key,
            autoincrement=False,
        )
        for column in table.columns
    ]
    return Table(table.name, metadata, *columns)
