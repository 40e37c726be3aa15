"""Types of columns that mean the same on both databases, for migrations.

What is here never changes, for migrations that have run were made of it; a new meaning gets a new name.
"""

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql


def row_id() -> sa.types.TypeEngine[int]:
    """Return a number of a row; SQLite counts rows by itself only where the type is exactly INTEGER."""
    return sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def json() -> sa.types.TypeEngine[object]:
    """Return a document."""
    return sa.JSON().with_variant(postgresql.JSONB(), "postgresql")


def moment() -> sa.DateTime:
    """Return a time with its zone."""
    return sa.DateTime(timezone=True)
