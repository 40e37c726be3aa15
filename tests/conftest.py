"""What many tests stand on: a migrated database, a private Redis, and the rule about services that are missing.

A service that is not installed skips its tests on a developer's machine and fails them on CI.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import NoReturn

import pytest
from redis import Redis
from sqlalchemy import make_url

from tests.postgres import PostgresNotInstalled, PostgresServer
from triage.embedded import PrivateRedis, database_path
from triage.errors import CannotStart
from triage.queue import connect
from triage.settings import sqlite_url
from triage.storage import schema
from triage.storage.session import Database


def missing(service: str, what: object) -> NoReturn:
    """Skip here, fail on CI."""
    sentence = f"{service} is not available: {what}"
    if os.environ.get("CI"):
        pytest.fail(sentence)
    pytest.skip(sentence)


def migrate(url: str) -> None:
    """Bring a database to the schema of this release."""
    database = Database(url)
    schema.migrate(database.engine)
    database.close()


# Most tests want a migrated database. Each kind is migrated once and then copied, which is far quicker; the migrations
# themselves have tests of their own, which begin with an empty one.


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite database that is open nowhere, to be copied."""
    folder = tmp_path_factory.mktemp("migrated")
    migrate(sqlite_url(folder))
    return database_path(folder)


@pytest.fixture
def data(tmp_path: Path, migrated_file: Path) -> Path:
    """The data folder of an instance whose database is migrated; nothing runs there."""
    folder = tmp_path / "data"
    folder.mkdir(mode=0o700)
    shutil.copy(migrated_file, database_path(folder))
    return folder


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL of our own, or the one that TRIAGE_TEST_DATABASE_URL names."""
    try:
        server = PostgresServer.named_or_started()
    except PostgresNotInstalled as error:
        missing("PostgreSQL", error)
    with server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> Iterator[str]:
    """An empty PostgreSQL database."""
    with postgres_server.database() as url:
        yield url


@pytest.fixture(scope="session")
def migrated_database(postgres_server: PostgresServer) -> Iterator[str]:
    """The name of a migrated PostgreSQL database to which nobody is connected, to be copied."""
    with postgres_server.database() as url:
        migrate(url)
        yield str(make_url(url).database)


@pytest.fixture
def migrated_postgres_url(postgres_server: PostgresServer, migrated_database: str) -> Iterator[str]:
    """A migrated PostgreSQL database."""
    with postgres_server.database(like=migrated_database) as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of either kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'triage.sqlite3'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """A migrated database, of either kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("migrated_postgres_url"))
    file = tmp_path / "triage.sqlite3"
    shutil.copy(request.getfixturevalue("migrated_file"), file)
    return f"sqlite:///{file}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    made = Database(database_url)
    yield made
    made.close()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    """A Redis of our own, shared by the tests that leave it running."""
    try:
        with PrivateRedis(tmp_path_factory.mktemp("redis")) as server:
            yield server
    except CannotStart as error:
        missing("Redis", error)


@pytest.fixture
def redis(redis_server: PrivateRedis) -> Iterator[Redis]:
    """A client of an empty Redis."""
    client = connect(redis_server.url)
    client.flushall()
    yield client
    client.close()


SHARED_DATA = Path(__file__).parents[2] / "shared" / "data"


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of public data beside the repository; no text of it is part of the repository."""
    if not SHARED_DATA.is_dir():
        missing("public mail", "there is no folder shared/data beside the repository")
    return SHARED_DATA


@pytest.fixture
def figure(record_property: Callable[[str, object], None]) -> Callable[[str], None]:
    """Record a line with what was measured; pytest prints all at its end, whichever process ran the test."""
    return partial(record_property, "figure")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run files with slow tests last, so that a quick failure is seen quickly; a file stays whole for its fixtures."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path in slow)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the figures that tests recorded: a worker of pytest-xdist has no terminal of its own."""
    reports = [one for kind in ("passed", "failed") for one in terminalreporter.stats.get(kind, [])]
    figures = [told for one in reports if one.when == "call" for name, told in one.user_properties if name == "figure"]
    if figures:
        terminalreporter.section("figures")
    for figure in figures:
        terminalreporter.line(figure)
