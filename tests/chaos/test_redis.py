"""Redis that restarts, hangs, hangs up and forgets: mail is late, and none is lost."""

import signal
import time
from contextlib import suppress

import psutil
import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from tests.chaos.load import Sender, mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.queue import connect
from triage.queue.names import MAIL_STREAM

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


@pytest.fixture(scope="module")
def database_url(own_postgres):
    with own_postgres.database() as url:
        yield url


@pytest.fixture(scope="module")
def instance(start_for_module, own_redis, database_url):
    """An instance on PostgreSQL and a Redis beside it, with patience as in production."""
    instance = start_for_module(TRIAGE_REDIS_URL=own_redis.url, TRIAGE_DATABASE_URL=database_url)
    yield instance
    instance.stop()


def read_on(instance, count: int = 40) -> float:
    """Wait until more mail is read, and return how many seconds that took."""
    began, before = time.monotonic(), instance.status()["emails"]["read"]
    until(lambda: instance.status()["emails"]["read"] >= before + count, 60)
    return time.monotonic() - began


def test_restarts_under_load_lose_no_mail(instance, own_redis, database_url, figure):
    """Redis killed and shut down in turn, ten times under load: reading goes on each time without help (A-10)."""
    recoveries = []
    with Sender(instance.http, first=0) as sender:
        for restart in range(10):
            read_on(instance)
            if restart % 2:
                with connect(own_redis.url) as client, suppress(RedisConnectionError):
                    client.shutdown()
                own_redis.stop()
            else:
                own_redis.kill()
            time.sleep(1)
            own_redis.start()
            recoveries.append(read_on(instance))
    settled(instance.status)

    figure(f"A-10: ten restarts of Redis; reading went on {max(recoveries):.1f} s after one at the latest")
    assert_each_read_once(database_url, sender.accepted)


def test_connections_closed_again_and_again_lose_no_mail(instance, own_redis, database_url, figure):
    """CLIENT KILL of all connections, fifty times under load: reading goes on (A-10)."""
    with Sender(instance.http, first=100_000) as sender, connect(own_redis.url) as client:
        closed = 0
        for _ in range(50):
            closed += client.execute_command("CLIENT", "KILL", "TYPE", "normal")
            time.sleep(0.2)
        recovery = read_on(instance)
    settled(instance.status)

    figure(f"A-10: {closed} connections closed; reading went on {recovery:.1f} s after the last")
    assert_each_read_once(database_url, sender.accepted)


def test_pause_delays_mail_and_loses_none(instance, own_redis, database_url, figure):
    """Redis stopped for 30 s (SIGSTOP) under load: mail is accepted meanwhile, and read afterwards (A-10)."""
    redis = psutil.Process(own_redis.pid)
    with Sender(instance.http, first=200_000) as sender:
        read_on(instance)
        redis.suspend()
        before = len(sender.accepted)
        time.sleep(30)
        meanwhile = len(sender.accepted) - before
        redis.resume()
        recovery = read_on(instance)
    seconds = settled(instance.status)

    figure(
        f"A-10: {meanwhile} emails accepted during a pause of 30 s; reading went on {recovery:.1f} s after it, "
        f"all was read {seconds:.1f} s later"
    )
    assert meanwhile > 0
    assert_each_read_once(database_url, sender.accepted)


def test_loss_of_everything_delays_mail_and_loses_none(instance, own_redis, database_url, figure):
    """FLUSHALL with 10,000 emails queued: all of them are read (A-11)."""
    worker = instance.worker()
    worker.send_signal(signal.SIGSTOP)
    accepted = send(instance.http, mails(300_000, 10_000))
    with connect(own_redis.url) as client:
        queued = client.xlen(MAIL_STREAM)
        client.flushall()
    worker.send_signal(signal.SIGCONT)

    seconds = settled(instance.status, 300)

    figure(f"A-11: 10,000 emails read {seconds:.0f} s after FLUSHALL")
    assert len(accepted) == 10_000
    assert queued > 9_000
    assert_each_read_once(database_url, accepted)
