"""Indexes of tables that hold mail, made while others read and write them.

What is here never changes, for migrations that have run were made of it; a new meaning gets a new name.
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op


def create_index_meanwhile(name: str, table: str, columns: Sequence[str], where: str | None = None) -> None:
    """Create an index, on PostgreSQL without keeping anybody from the table.

    What the migration did before is committed first, so this stands alone in one that may run again. An index that an
    earlier attempt left half made, which PostgreSQL keeps and does not use, is made anew.
    """
    condition = None if where is None else sa.text(where)
    if op.get_bind().dialect.name != "postgresql":
        op.create_index(name, table, list(columns), sqlite_where=condition)
        return
    with op.get_context().autocommit_block():
        # It waits for transactions that are older than itself, and nobody waits behind it.
        op.execute("SET lock_timeout = 0")
        try:
            op.drop_index(name, table, if_exists=True, postgresql_concurrently=True)
            op.create_index(name, table, list(columns), postgresql_where=condition, postgresql_concurrently=True)
        finally:
            op.execute("RESET lock_timeout")
