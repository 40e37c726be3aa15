"""How far a copy is, kept in the database that is copied into until the copy is whole.

Meanwhile that database names no schema, so that nobody serves on half a copy. How far a table is, is written in the
transaction that writes its rows: a copy that is killed has no row twice and none left out.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    Connection,
    Engine,
    MetaData,
    String,
    Table,
    delete,
    insert,
    select,
    text,
)

from triage.storage.copying.batches import Key
from triage.storage.copying.digest import Digest
from triage.storage.schema import BEING_COPIED, head

_copied = Table(
    "copied",
    MetaData(),
    Column("table_name", String(100), primary_key=True),
    Column("last", JSON, nullable=False),
    Column("rows", BigInteger, nullable=False),
    Column("total", String(64), nullable=False),
)
_SET_REVISION = text("UPDATE alembic_version SET version_num = :revision")


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a table is copied: up to the row with a key, and what the rows up to there say."""

    last: Key
    digest: Digest


def begin(engine: Engine) -> None:
    """Let an empty database be one that is copied into."""
    with engine.begin() as connection:
        _copied.create(connection)
        connection.execute(_SET_REVISION, {"revision": BEING_COPIED})


def end(connection: Connection) -> None:
    """Let a database that holds the whole copy be one of this release."""
    connection.execute(_SET_REVISION, {"revision": head()})
    _copied.drop(connection)


def reached(engine: Engine, table: Table) -> Reached | None:
    """Return how far a table is; `None` where nothing of it is copied."""
    with engine.connect() as connection:
        row = connection.execute(select(_copied).where(_copied.c.table_name == table.name)).first()
    if row is None:
        return None
    return Reached(tuple(_read(one) for one in row.last), Digest(row.rows, int(row.total, 16)))


def reach(connection: Connection, table: Table, now: Reached) -> None:
    """Note how far a table is, in the transaction of the rows."""
    connection.execute(delete(_copied).where(_copied.c.table_name == table.name))
    connection.execute(
        insert(_copied).values(
            table_name=table.name,
            last=[_written(one) for one in now.last],
            rows=now.digest.rows,
            total=f"{now.digest.total:064x}",
        )
    )


def _written(value: Any) -> Sequence[Any]:
    if isinstance(value, bytes):
        return ["bytes", value.hex()]
    if isinstance(value, datetime):
        return ["time", value.isoformat()]
    return ["", value]


def _read(written: Sequence[Any]) -> Any:
    kind, value = written
    if kind == "bytes":
        return bytes.fromhex(value)
    return datetime.fromisoformat(value) if kind == "time" else value
