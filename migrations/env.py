"""Runs migrations on the database that the caller hands over, or on the configured one."""

from typing import Any

from alembic import context
from sqlalchemy import Connection, text

from triage.settings import Settings
from triage.storage.session import create_engine_for
from triage.storage.tables import Base

# The first revision that has a table to say so.
TELLS_FROM = "0017"


def migrate(connection: Connection) -> None:
    """Bring one database to the revision that Alembic was asked for.

    On PostgreSQL each migration is a transaction of its own, so that no lock is held for longer than one needs; on
    SQLite, which one process has to itself meanwhile, all are one.
    """
    if connection.dialect.name == "postgresql":
        run(connection)
        return
    # SQLite changes most of a table by making it anew, and with the old one all that belongs to its rows would go. It
    # heeds this only while no transaction is open.
    driver = connection.connection.driver_connection
    assert driver is not None  # noqa: S101 (just connected)
    driver.execute("PRAGMA foreign_keys = OFF")
    try:
        run(connection)
    finally:
        driver.execute("PRAGMA foreign_keys = ON")


def run(connection: Connection) -> None:
    """Run the migrations that are due."""
    on_postgresql = connection.dialect.name == "postgresql"
    context.configure(
        connection,
        target_metadata=Base.metadata,
        render_as_batch=not on_postgresql,
        transaction_per_migration=on_postgresql,
        on_version_apply=tell_who_may_serve,
    )
    with context.begin_transaction():
        context.run_migrations()


def tell_who_may_serve(*, ctx: Any, step: Any, **_: object) -> None:
    """Note which releases may serve on the schema that a migration leaves, in the transaction of that migration."""
    left = next(iter(step.destination_revisions), None)
    if left is None or left.revision < TELLS_FROM:
        return
    ctx.connection.execute(text("DELETE FROM compatibility"))
    ctx.connection.execute(
        text("INSERT INTO compatibility (id, revision, oldest) VALUES (1, :revision, :oldest)"),
        {"revision": left.revision, "oldest": left.module.serves},
    )


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with create_engine_for(Settings().database_url).connect() as own:
        migrate(own)
