"""The API in this process, over a real database and a real Redis."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from tests.keys import bearing, make_key
from tests.make import url_of
from triage.settings import Settings
from triage.web.app import create_app


@pytest.fixture
def settings(database, database_url, redis, tmp_path) -> Settings:
    """Settings of an instance whose database is migrated."""
    return Settings(
        data_dir=tmp_path, database_url=database_url, redis_url=url_of(redis), allowed_hosts=("testserver",)
    )


@pytest.fixture
def client(settings, database) -> Iterator[TestClient]:
    """A client of the whole web application with a key for all; an unexpected error is answered, not raised."""
    with TestClient(create_app(settings), raise_server_exceptions=False) as made:
        made.headers.update(bearing(make_key(database)))
        yield made
