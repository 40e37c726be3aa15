"""What the chaos suite stands on: instances, and servers, disks and clocks that a test may do as it likes with."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.chaos.clock import Clock, NoCompiler
from tests.chaos.disk import CannotMount, Disk
from tests.chaos.production import Production, producing
from tests.conftest import missing
from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user, proxy, strange
from tests.postgres import PostgresNotInstalled, PostgresServer
from tests.system.conftest import Instance, instances, start
from triage.embedded import PrivateRedis

__all__ = ["dovecot", "identity_provider", "mail_user", "proxy", "start", "strange"]


@pytest.fixture(scope="session")
def own_postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server that a test may stop, when it starts it again."""
    try:
        server = PostgresServer.started()
    except PostgresNotInstalled as error:
        missing("PostgreSQL", error)
    with server:
        yield server


@pytest.fixture(scope="module")
def own_redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrivateRedis]:
    """A Redis that a test may stop, when it starts it again."""
    with PrivateRedis(tmp_path_factory.mktemp("redis")) as server:
        yield server


@pytest.fixture(scope="module")
def start_for_module(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Instance]]:
    """Start an instance that the tests of a module share."""
    with instances(tmp_path_factory.mktemp("shared")) as starts:
        yield starts


@pytest.fixture(scope="session")
def production(own_postgres: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Production]:
    """Two workers on PostgreSQL, with patience as in production and batches small enough to be caught with.

    Shared by all tests that leave it with two workers and a schedule; each sends mail of its own numbers.
    """
    with producing(own_postgres, tmp_path_factory.mktemp("production"), TRIAGE_DRAIN_BATCH_SIZE="32") as started:
        yield started


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Disk]:
    """A file system of a few megabytes, mounted where an instance keeps its data."""
    try:
        disk = Disk(tmp_path / "data", megabytes=6)
    except CannotMount as error:
        missing("a small disk", error)
    yield disk
    disk.unmount()


@pytest.fixture
def clock(tmp_path: Path) -> Clock:
    """A wall clock that may be set."""
    try:
        return Clock(tmp_path)
    except NoCompiler as error:
        missing("a clock to set", error)
