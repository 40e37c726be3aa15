"""Where PostgreSQL and SQLite want different words for the same."""

from collections.abc import Sequence

from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from triage.storage.tables import Base


def insert_ignoring(
    session: Session, table: type[Base], conflict_columns: Sequence[str]
) -> postgresql.Insert | sqlite.Insert:
    """Return an INSERT that leaves a row alone which is there already, judged by a unique set of columns."""
    if session.get_bind().dialect.name == "postgresql":
        return postgresql.insert(table).on_conflict_do_nothing(index_elements=conflict_columns)
    return sqlite.insert(table).on_conflict_do_nothing(index_elements=conflict_columns)
