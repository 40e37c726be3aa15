"""The database: one engine, and the two ways to talk to it."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from copy import copy
from typing import Any, Self

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from triage import tracing
from triage.errors import NotMigrated, StorageConflict, StorageFault, StorageUnavailable
from triage.storage.reach import restrict

POOL: dict[str, Any] = {
    # As many as a web process has threads, so that none waits for a connection while another waits for a lock.
    "pool_size": 10,
    "max_overflow": 40,
    "pool_timeout": 10,
    # Parameters of a statement are text of mail, and an error is logged.
    "hide_parameters": True,
}


class Database:
    """SQLite or PostgreSQL behind one door; safe to share between threads, made anew in every process."""

    def __init__(self, url: str) -> None:
        self.engine = create_engine_for(url)
        self._mailboxes: frozenset[str] | None = None

    def within(self, mailboxes: frozenset[str] | None) -> Self:
        """Return the same database in which only some mailboxes can be seen and changed; `None` for all."""
        narrowed = copy(self)
        narrowed._mailboxes = mailboxes  # noqa: SLF001 (of our own class)
        return narrowed

    @contextmanager
    def unit_of_work(self) -> Iterator[Session]:
        """Open one transaction that writes; commit at the end, roll back on any error.

        Raises:
            StorageUnavailable: The database does not answer, is locked too long, or its disk is full.
        """
        with self._session(self.engine.execution_options(sqlite_begin="IMMEDIATE")) as session:
            yield session
            with tracing.span("commit", tracing.Kind.CLIENT, {"db.system.name": self.engine.dialect.name}):
                session.commit()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open one transaction that only reads.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        with self._session(self.engine) as session:
            yield session

    def settle(self) -> None:
        """Let SQLite move what was written into its one file, so that its log holds nothing of what was removed.

        While somebody reads it moves what it can, and the rest with the next call.
        """
        if self.engine.dialect.name == "sqlite":
            with closing(self.engine.raw_connection()) as connection, closing(connection.cursor()) as cursor:
                cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                cursor.fetchall()

    def close(self) -> None:
        """Close every connection."""
        self.engine.dispose()

    @contextmanager
    def _session(self, engine: Engine) -> Iterator[Session]:
        try:
            with Session(engine, expire_on_commit=False) as session:
                if self._mailboxes is not None:
                    restrict(session, self._mailboxes)
                yield session
        except (OperationalError, InterfaceError) as error:
            # 40P01: two transactions waited for each other, and this one was chosen to give way.
            conflict = getattr(error.orig, "sqlstate", "") == "40P01"
            raise (StorageConflict if conflict else StorageUnavailable)(_sentence(error)) from error
        except PoolTimeoutError as error:
            raise StorageUnavailable("the database is too busy to be asked; try again in a moment") from error
        except DBAPIError as error:
            if error.connection_invalidated:
                raise StorageUnavailable(_sentence(error)) from error
            sqlstate = getattr(error.orig, "sqlstate", "")
            if sqlstate in ("42P01", "42703"):  # a table is missing, or a column
                raise NotMigrated("the database lacks what this release needs; run `triage migrate`") from error
            # Without its cause: PostgreSQL's words quote the row, which is text of mail, and errors are logged.
            kind = f"{type(error.orig).__name__} {sqlstate}".strip()
            raise StorageFault(f"the database refused a statement ({kind}); please report it") from None


def create_engine_for(url: str) -> Engine:
    """Create the engine for a database URL; a plain `postgresql://` uses psycopg 3."""
    parsed = make_url(url)
    if parsed.drivername in ("postgresql", "postgres"):
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.get_backend_name() != "sqlite":
        return create_engine(parsed, pool_pre_ping=True, **POOL)
    engine = create_engine(parsed, **POOL)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: Any) -> None:
    # We begin transactions ourselves: Python's driver would begin them late and never IMMEDIATE.
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout = 15000")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for another writer; one that writes takes its turn
    # at the beginning.
    mode = connection.get_execution_options().get("sqlite_begin", "DEFERRED")
    connection.exec_driver_sql(f"BEGIN {mode}")


def _sentence(error: DBAPIError) -> str:
    # The driver's words without the statement and its parameters, which may hold text of mail.
    words = str(error.orig).strip().splitlines()
    cause = words[0] if words else type(error.orig).__name__
    return f"the database does not answer ({cause}); is it running and writable?"
