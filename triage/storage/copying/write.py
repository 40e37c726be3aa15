"""Writing rows and the numbers of the next ones, each database in its own way."""

from collections.abc import Sequence
from typing import Any

import psycopg
from sqlalchemy import BigInteger, Connection, Engine, Integer, Table, func, insert, select, text
from sqlalchemy.exc import DBAPIError

from triage.errors import CannotCopy, StorageUnavailable
from triage.storage.copying.batches import Row

# Too long, out of range, or against a constraint: what PostgreSQL says of these quotes no value.
_TELLING = ("22001", "22003", "23")


def write(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Write rows in the connection's transaction.

    Raises:
        CannotCopy: One of them cannot be stored there.
        StorageUnavailable: The database went away.
    """
    try:
        if connection.dialect.name == "postgresql":
            _write_postgresql(connection, table, rows)
        else:
            names = [column.name for column in table.columns]
            connection.execute(insert(table), [dict(zip(names, row, strict=True)) for row in rows])
    except (psycopg.OperationalError, psycopg.InterfaceError) as error:
        raise StorageUnavailable("the database that is copied into went away; run the same command again") from error
    except (psycopg.Error, DBAPIError, OverflowError, ValueError) as error:
        raise CannotCopy(
            f"a row of table {table.name} cannot be stored in the target{_key(table, rows)}: {_reason(error)}"
        ) from None


def find_fault(engine: Engine, table: Table, rows: Sequence[Row]) -> None:
    """Find the first of some rows that cannot be stored, and raise as `write` does; none is kept."""
    with engine.connect() as connection:
        for row in rows:
            with connection.begin_nested():
                write(connection, table, [row])


def set_numbers(source: Connection, target: Connection, table: Table) -> None:
    """Let the next row of a table have the number that it would have had in the source.

    A number that belonged to a row which was deleted is not given again.
    """
    if (column := numbered(table)) is None:
        return
    highest = target.scalar(select(func.max(table.columns[column]))) or 0
    last = max(_last_given(source, table, column), highest)
    if not last:
        return
    if target.dialect.name == "postgresql":
        target.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
            {"table": _quoted(target, table), "column": column, "last": last},
        )
    elif target.scalar(text("SELECT count(*) FROM sqlite_sequence WHERE name = :table"), {"table": table.name}):
        numbers = {"table": table.name, "last": last}
        target.execute(text("UPDATE sqlite_sequence SET seq = :last WHERE name = :table"), numbers)
    elif _counts_on(target, table):
        target.execute(text("INSERT INTO sqlite_sequence VALUES (:table, :last)"), {"table": table.name, "last": last})


def numbered(table: Table) -> str | None:
    """Return the column of a table whose numbers the database gives, if it has one."""
    key = list(table.primary_key.columns)
    gives = len(key) == 1 and key[0].name == "id" and isinstance(key[0].type, BigInteger | Integer)
    return key[0].name if gives else None


def _write_postgresql(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    driver: Any = connection.connection.driver_connection
    columns = ", ".join(connection.dialect.identifier_preparer.quote(column.name) for column in table.columns)
    # COPY reads documents from their words.
    with driver.cursor() as cursor, cursor.copy(f"COPY {_quoted(connection, table)} ({columns}) FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _key(table: Table, rows: Sequence[Row]) -> str:
    """Name a row by its key, where that is nothing but numbers: others may be people's addresses."""
    if len(rows) != 1:
        return ""
    names = [column.name for column in table.columns]
    key = {column.name: rows[0][names.index(column.name)] for column in table.primary_key.columns}
    if not all(isinstance(value, int) for value in key.values()):
        return ""
    return f" ({', '.join(f'{name} {value}' for name, value in key.items())})"


def _reason(error: Exception) -> str:
    fault = error.orig if isinstance(error, DBAPIError) else error
    code = getattr(fault, "sqlstate", None) or ""
    if isinstance(fault, psycopg.Error) and code.startswith(_TELLING):
        return str(fault.diag.message_primary)
    return f"{type(fault).__name__} {code}".strip()


def _last_given(connection: Connection, table: Table, column: str) -> int:
    if connection.dialect.name == "postgresql":
        sequence = connection.scalar(
            text("SELECT pg_get_serial_sequence(:table, :column)"),
            {"table": _quoted(connection, table), "column": column},
        )
        return 0 if sequence is None else connection.scalar(text(f"SELECT last_value FROM {sequence}")) or 0  # noqa: S608 (PostgreSQL's own name)
    given = text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    return connection.scalar(given, {"table": table.name}) or 0


def _counts_on(connection: Connection, table: Table) -> bool:
    """Say whether SQLite counts the rows of a table on, whatever was deleted."""
    made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = :table"), {"table": table.name})
    return "AUTOINCREMENT" in str(made)


def _quoted(connection: Connection, table: Table) -> str:
    return connection.dialect.identifier_preparer.format_table(table)
