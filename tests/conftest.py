"""What many tests stand on: a migrated database, a private Redis, and the rule about services that are missing.

A service that is not installed skips its tests on a developer's machine and fails them on CI.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import pytest
from redis import Redis

from tests.postgres import PostgresNotInstalled, PostgresServer
from triage.embedded import PrivateRedis
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


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """The data folder of an instance whose database is migrated; nothing runs there."""
    folder = tmp_path / "data"
    database = Database(sqlite_url(folder))
    schema.migrate(database.engine)
    database.close()
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


@pytest.fixture(params=["sqlite", "postgresql"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database, of either kind in turn."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return f"sqlite:///{tmp_path / 'triage.sqlite3'}"


@pytest.fixture
def database(database_url: str) -> Iterator[Database]:
    """A migrated database."""
    made = Database(database_url)
    schema.migrate(made.engine)
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


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run slow tests last, so that a quick failure is seen quickly."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
