"""The two ends of a copy: the one that is read, as it was at one moment, and the one that is written."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from sqlalchemy import Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, OperationalError

from triage.errors import CannotCopy, StorageUnavailable
from triage.storage.schema import first_line
from triage.storage.session import POOL, create_engine_for

_OTHERS = text(
    "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'"
    " AND pid <> pg_backend_pid() AND application_name IS DISTINCT FROM current_setting('application_name')"
)
# Of our own connections, of which a copy has two.
_OWN_NAME = "triage copy-database"


@dataclass(frozen=True, slots=True)
class Place:
    """A database by its address, which is never shown: it may hold a password."""

    url: str
    name: str

    def __repr__(self) -> str:
        return f"Place({self.name})"


def place_of(address: str) -> Place:
    """Return the database at an address, or in a file.

    Raises:
        CannotCopy: It is none.
    """
    if "://" not in address:
        file = Path(address).expanduser().absolute()
        return Place(f"sqlite:///{file}", str(file))
    try:
        url = make_url(address)
        backend = url.get_backend_name()
    except (ArgumentError, ValueError):
        backend = ""
    if backend not in ("sqlite", "postgresql", "postgres"):
        raise CannotCopy("a database is named by a file, or by an address that begins with sqlite:// or postgresql://")
    if backend == "sqlite":
        return Place(address, str(url.database))
    host = url.host or url.query.get("host") or "this machine"
    return Place(address, f"{url.database} on {host}")


def written(place: Place) -> Engine:
    """Return the engine of the database that is copied into."""
    return create_engine_for(_with_name(place.url))


def read_only(place: Place) -> Engine:
    """Return the engine of a database that is read and never written to.

    Raises:
        CannotCopy: There is no such file.
    """
    url = make_url(place.url)
    if url.get_backend_name() != "sqlite":
        engine = create_engine_for(_with_name(place.url))
        return engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    if not Path(str(url.database)).is_file():
        raise CannotCopy(f"there is no database {url.database}; name the file of one, or its data folder")
    engine = create_engine(url, creator=partial(_opened, Path(str(url.database))), **POOL)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN"))
    return engine


def _opened(file: Path) -> sqlite3.Connection:
    connection = sqlite3.connect(
        f"{file.absolute().as_uri()}?mode=ro", uri=True, timeout=15, isolation_level=None, check_same_thread=False
    )
    connection.execute("PRAGMA query_only = ON")
    return connection


@contextmanager
def snapshot(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees the database as it is at this moment, whatever is written to it meanwhile.

    Raises:
        StorageUnavailable: It does not answer.
    """
    try:
        with engine.connect() as connection:
            connection.execute(text("SELECT count(*) FROM alembic_version")).all()
            yield connection
    except OperationalError as error:
        raise StorageUnavailable(f"a database does not answer ({first_line(error)}); is it running?") from error


class Onlooker:
    """Notices whether others write to a database while it is copied."""

    def __init__(self, engine: Engine) -> None:
        self._on_postgresql = engine.dialect.name == "postgresql"
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT", postgresql_readonly=False)
        # SQLite counts for each connection what others commit, so it is asked through one that stays open.
        self._connection = None if self._on_postgresql else engine.raw_connection()
        self._before = self._state()

    def others(self) -> int:
        """Return how many others are connected; only PostgreSQL knows.

        A moment is given to those who have just left.
        """
        if not self._on_postgresql:
            return 0
        for _ in range(30):
            with self._engine.connect() as connection:
                if not (number := int(connection.scalar(_OTHERS) or 0)):
                    return 0
            time.sleep(0.1)
        return number

    def has_seen_writing(self) -> bool:
        """Say whether somebody wrote since this onlooker began."""
        return self._state() != self._before

    def close(self) -> None:
        """Look no more."""
        if self._connection is not None:
            self._connection.close()

    def _state(self) -> object:
        if self._connection is not None:
            with closing(self._connection.cursor()) as cursor:
                cursor.execute("PRAGMA data_version")
                return cursor.fetchone()
        with self._engine.connect() as connection:
            return connection.scalar(text("SELECT sum(n_tup_ins + n_tup_upd + n_tup_del) FROM pg_stat_user_tables"))


def _with_name(address: str) -> str:
    """Return an address whose sessions are told apart from those of others."""
    url = make_url(address)
    if url.get_backend_name() == "sqlite":
        return address
    return url.update_query_dict({"application_name": _OWN_NAME}).render_as_string(hide_password=False)
