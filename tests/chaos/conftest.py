"""What the chaos suite stands on: a running instance on a PostgreSQL that may be stopped."""

from collections.abc import Iterator

import pytest

from tests.conftest import missing
from tests.postgres import PostgresNotInstalled, PostgresServer
from tests.system.conftest import start

__all__ = ["start"]


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server for one test, which may stop and start it."""
    try:
        server = PostgresServer.started()
    except PostgresNotInstalled as error:
        missing("PostgreSQL", error)
    with server:
        yield server
