"""Where PostgreSQL and SQLite want different words for the same.

Many rows travel to PostgreSQL as one array per column, read there by `unnest`. A statement with a placeholder per value
is parsed anew for each number of rows, which took most of the time of storing mail.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import (
    BigInteger,
    Column,
    ColumnElement,
    FromClause,
    Insert,
    TextClause,
    any_,
    bindparam,
    func,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import InstrumentedAttribute, Session

from triage.storage.tables import Base

Rows = Sequence[Mapping[str, Any]]


def is_postgresql(session: Session) -> bool:
    """Say which of the two databases this is."""
    return session.get_bind().dialect.name == "postgresql"


def insert_rows(
    session: Session,
    table: type[Base],
    rows: Rows,
    *,
    unless_there: Sequence[str] = (),
    there_where: ColumnElement[bool] | TextClause | None = None,
    returning: Sequence[str] = (),
) -> list[tuple[Any, ...]]:
    """Insert rows that all have the same columns, in their order.

    Args:
        session: Open, with the transaction that they belong to.
        table: Where they go.
        rows: Column to value.
        unless_there: Unique columns; a row that is there already by these is left alone.
        there_where: Which rows the unique index of these columns is for, where it is not for all.
        returning: Columns to return of the rows that were inserted.
    """
    if not rows:
        return []
    names = list(rows[0])
    where: Any = {"index_elements": unless_there, "index_where": there_where}
    statement: Insert
    if is_postgresql(session):
        told = postgresql.insert(table).from_select(names, select(arrays(table, rows)))
        statement = told.on_conflict_do_nothing(**where) if unless_there else told
        parameters: Any = {}
    else:
        lone = sqlite.insert(table)
        statement = lone.on_conflict_do_nothing(**where) if unless_there else lone
        parameters = list(rows)
    if not returning:
        session.execute(statement, parameters)
        return []
    columns = [getattr(table, name) for name in returning]
    return [tuple(row) for row in session.execute(statement.returning(*columns), parameters)]


def among(session: Session, column: InstrumentedAttribute[int], numbers: Sequence[int]) -> ColumnElement[bool]:
    """Say that a column is one of some numbers: for PostgreSQL as one array, at a third of the cost."""
    if is_postgresql(session):
        return column == any_(bindparam(None, list(numbers), postgresql.ARRAY(BigInteger)))
    return column.in_(numbers)


def arrays(table: type[Base], rows: Rows) -> FromClause:
    """Return rows as a table of PostgreSQL; their keys are columns of `table`, whose types they have."""
    columns = table.__table__.columns
    names = list(rows[0])
    values = [
        bindparam(f"{name}_of_all", [row[name] for row in rows], postgresql.ARRAY(columns[name].type, dimensions=1))
        for name in names
    ]
    named = [Column(name, columns[name].type) for name in names]
    return func.unnest(*values).table_valued(*named, name="told").render_derived()
