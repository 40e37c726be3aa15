"""Runs migrations on the database that the caller hands over, or on the configured one."""

from alembic import context
from sqlalchemy import Connection, text

from triage.settings import Settings
from triage.storage.session import create_engine_for
from triage.storage.tables import Base

# Any number will do, as long as every release takes the same: two migrations at once would trip over each other.
MIGRATION_LOCK = 8025_0001


def migrate(connection: Connection) -> None:
    """Bring one database to the revision that Alembic was asked for, in one transaction."""
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
    context.configure(connection, target_metadata=Base.metadata, render_as_batch=not on_postgresql)
    with context.begin_transaction():
        if on_postgresql:
            # A migration that waits for a lock makes everybody behind it wait; better it gives up and is run again.
            connection.execute(text("SET LOCAL lock_timeout = '10s'"))
            connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": MIGRATION_LOCK})
        context.run_migrations()


handed_over = context.config.attributes.get("connection")
if handed_over is not None:
    migrate(handed_over)
else:
    with create_engine_for(Settings().database_url).connect() as own:
        migrate(own)
