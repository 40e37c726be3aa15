"""A database that stops, dies and hangs up, or is asked by many at once."""

import time

import pytest
from sqlalchemy import create_engine, text

from tests.chaos.load import Sender
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def database_url(own_postgres):
    with own_postgres.database() as url:
        yield url


@pytest.fixture(scope="module")
def instance(start_for_module, database_url):
    """An instance on a PostgreSQL that may be stopped."""
    instance = start_for_module(TRIAGE_DATABASE_URL=database_url)
    yield instance
    instance.stop()


def accept_on(sender, count: int = 100) -> float:
    """Wait until more mail is accepted, and return how many seconds that took."""
    began, before = time.monotonic(), len(sender.accepted)
    until(lambda: len(sender.accepted) >= before + count, 60)
    return time.monotonic() - began


def test_stopped_for_ten_seconds_it_refuses_mail_and_loses_none(instance, own_postgres, database_url, figure):
    """PostgreSQL stopped under load: 503 meanwhile, and every accepted email has one verdict (A-41)."""
    with Sender(instance.http) as sender:
        accept_on(sender)
        own_postgres.stop("immediate")
        time.sleep(10)
        refused = sum(sender.refusals.values())
        own_postgres.start()
        recovery = accept_on(sender)
    seconds = settled(instance.status)

    figure(
        f"A-41: PostgreSQL away for 10 s: {refused} batches refused; 100 emails accepted {recovery:.1f} s after it was "
        f"back, all read {seconds:.1f} s after the last"
    )
    assert refused > 0
    assert_each_read_once(database_url, sender.accepted)


def test_killed_again_and_again_it_loses_no_mail(instance, own_postgres, database_url, figure):
    """PostgreSQL ended at once (`immediate`) and started again, eight times under load (A-41)."""
    with Sender(instance.http, first=100_000, pause_seconds=0.02) as sender:
        for _ in range(8):
            accept_on(sender)
            own_postgres.stop("immediate")
            own_postgres.start()
        recovery = accept_on(sender)
    seconds = settled(instance.status)

    figure(
        f"A-41: eight crashes of PostgreSQL: {sum(sender.refusals.values())} batches refused; 100 emails accepted "
        f"{recovery:.1f} s after the last, all read {seconds:.1f} s later"
    )
    assert_each_read_once(database_url, sender.accepted)


def test_connections_ended_again_and_again_lose_no_mail(instance, own_postgres, database_url, figure):
    """pg_terminate_backend of all connections, fifty times under load (A-41)."""
    end_all = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    )
    engine = create_engine(own_postgres.url)
    ended = 0
    with Sender(instance.http, first=200_000, pause_seconds=0.02) as sender:
        for _ in range(50):
            with engine.connect() as connection:
                ended += connection.scalar(end_all)
            time.sleep(0.2)
        accept_on(sender)
    engine.dispose()
    seconds = settled(instance.status)

    figure(
        f"A-41: {ended} connections to PostgreSQL ended: {sum(sender.refusals.values())} batches refused; all mail "
        f"read {seconds:.1f} s after the last"
    )
    assert_each_read_once(database_url, sender.accepted)
