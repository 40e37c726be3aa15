"""Migrations one at a time, and none that makes everybody wait.

On PostgreSQL a statement that changes a table waits for all who use it, and whoever comes after waits behind it. So it
waits for a moment only, gives up, lets the others through, and is tried again. Whose turn it is says an advisory lock
of the session. It is asked for again and again and not waited for: who waits has a transaction open, and an index that
is made meanwhile (`CREATE INDEX CONCURRENTLY`) waits for the end of that.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError, OperationalError

from triage.errors import StorageUnavailable

Tell = Callable[[str], object]

# Any number will do, as long as every release takes the same: two migrations at once would trip over each other.
MIGRATION_LOCK = 8025_0001
LOCK_TIMEOUT = timedelta(seconds=2)
PATIENCE = timedelta(minutes=10)
LONGEST_PAUSE = 15.0
_ASKED_AGAIN_SECONDS = 0.5
# A table is in use (lock_timeout), or two transactions waited for each other and ours was chosen to give way.
_IN_THE_WAY = ("55P03", "40P01")
_OLDEST = text(
    "SELECT pid, floor(extract(epoch FROM now() - xact_start)) AS seconds FROM pg_stat_activity"
    " WHERE datname = current_database() AND xact_start IS NOT NULL AND pid <> pg_backend_pid()"
    " ORDER BY xact_start LIMIT 1"
)


@contextmanager
def turn(connection: Connection, tell: Tell) -> Iterator[None]:
    """Wait until nobody else migrates, and keep others from it until the end of the block.

    SQLite needs no turn: there a migration is one transaction that writes, of which there is one at a time.
    """
    if connection.dialect.name != "postgresql":
        yield
        return
    is_told = False
    while not _asked(connection, "SELECT pg_try_advisory_lock(:lock)"):
        if not is_told:
            tell("another migration is running; waiting for its end")
            is_told = True
        time.sleep(_ASKED_AGAIN_SECONDS)
    try:
        yield
    finally:
        # A connection that broke has lost the lock by itself.
        with suppress(DBAPIError):
            connection.rollback()
            _asked(connection, "SELECT pg_advisory_unlock(:lock)")


def run_patiently(connection: Connection, run: Callable[[], None], tell: Tell) -> None:
    """Run migrations, and again while a table that one changes is in use; those that are through stay so.

    Raises:
        StorageUnavailable: Something was in the way for too long.
    """
    if connection.dialect.name != "postgresql":
        run()
        return
    connection.execute(text(f"SET lock_timeout = {LOCK_TIMEOUT // timedelta(milliseconds=1)}"))
    connection.commit()
    gives_up, pause = time.monotonic() + PATIENCE.total_seconds(), 1.0
    while True:
        try:
            run()
        except OperationalError as error:
            if getattr(error.orig, "sqlstate", "") not in _IN_THE_WAY:
                raise
            connection.rollback()
            holder = _holder(connection)
            if time.monotonic() > gives_up:
                raise StorageUnavailable(
                    f"the database cannot be migrated while a table is in use{holder}; end what uses it and run it"
                    " again: what is done stays done"
                ) from error
            tell(f"a table is in use{holder}; others are let through, and it is tried again in {pause:.0f} s")
            time.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        else:
            connection.execute(text("RESET lock_timeout"))
            connection.commit()
            return


def _asked(connection: Connection, question: str) -> bool:
    answer = connection.scalar(text(question), {"lock": MIGRATION_LOCK})
    connection.commit()
    return bool(answer)


def _holder(connection: Connection) -> str:
    """Return who is most likely in the way, as the end of half a sentence."""
    oldest = connection.execute(_OLDEST).first()
    connection.rollback()
    if oldest is None:
        return ""
    return f" (the oldest transaction is that of process {oldest.pid}, for {oldest.seconds:.0f} s)"
