"""More mail than can be read, and a Redis that takes no more work or does not answer: nothing accepted is lost."""

import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.chaos.load import HASTY, Sender, mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.chaos.test_embedded_redis import redis_of
from tests.system.conftest import command_of, until
from triage.queue import connect
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


def parts_of(instance):
    """The workers and the schedule, by process id."""
    return {process.pid for process in instance.processes() if "workers.app" in command_of(process)}


def test_full_redis_delays_mail_and_recovers_by_itself(start, tmp_path: Path, figure):
    """Redis at its limit under load: mail is accepted, what is in Redis is read, the rest once it has room (A-32)."""
    instance = start(**HASTY)
    # The workers of text, images and trainings, and the schedule; a process counts once it runs its own program.
    until(lambda: len(parts_of(instance)) == 4, 60)
    parts, worker = parts_of(instance), instance.suspend_worker()
    first = send(instance.http, mails(0, 3000))
    with connect(f"unix://{tmp_path}/data/redis/redis.sock") as redis:
        redis.config_set("maxmemory", 1)
        with Sender(instance.http, first=3000) as sender:
            until(lambda: len(sender.accepted) > 200, 60)
            predicted = instance.http.post("/v1/predict", json={"subject": "a", "body": "b"})
            ready, status = instance.http.get("/readyz"), instance.status()

            worker.resume()
            began = time.monotonic()
            until(lambda: instance.status()["emails"]["read"] >= 3000, 120)
            read_while_full = time.monotonic() - began
            time.sleep(30)  # long enough for worker and schedule to give up, if they were ever to
        redis.config_set("maxmemory", 0)
    seconds = settled(instance.status)
    answered = instance.http.post("/v1/predict", json={"subject": "a", "body": "b"})

    figure(
        f"A-32: 3,000 emails in a full Redis read within {read_while_full:.0f} s; {len(sender.accepted):,} accepted "
        f"meanwhile, the last read {seconds:.0f} s after it had room"
    )
    assert (predicted.status_code, ready.status_code, answered.status_code) == (503, 503, 200)
    assert predicted.headers["retry-after"]
    for said in (predicted.json()["detail"], ready.json()["checks"]["redis"], status["queue"]["problem"]):
        assert "takes no more work" in said
    assert not sender.refusals
    assert parts_of(instance) == parts
    assert_each_read_once(sqlite_url(tmp_path / "data"), first | sender.accepted)


def test_worker_that_starts_while_redis_is_full_reads_what_is_in_it(start, tmp_path: Path):
    """A worker killed while Redis is full is followed by one that reads all the same, and mail has one verdict."""
    instance = start(**HASTY)
    worker = instance.suspend_worker()
    accepted = send(instance.http, mails(0, 1000))
    with connect(f"unix://{tmp_path}/data/redis/redis.sock") as redis:
        redis.config_set("maxmemory", 1)
        worker.kill()
        until(lambda: instance.status()["emails"]["read"] == 1000, 120)
        redis.config_set("maxmemory", 0)
    accepted |= send(instance.http, mails(1000, 100))

    settled(instance.status)

    assert_each_read_once(sqlite_url(tmp_path / "data"), accepted)


def test_more_mail_than_may_wait_is_put_off_and_all_of_it_read_in_the_end(start, tmp_path: Path, figure):
    """Senders who come back when they are told to lose nothing, and the queue stays near its limit."""
    instance = start(TRIAGE_MAX_QUEUED="500", **HASTY)
    worker = instance.suspend_worker()
    senders = [Sender(instance.http, first=100_000 * n, size=50, pause_seconds=0.05) for n in range(4)]
    with ExitStack() as running:
        for sender in senders:
            running.enter_context(sender)
        until(lambda: all(sender.refusals[503] for sender in senders), 60)
        longest = instance.status()["emails"]["queued"]
        refusing = instance.status()["refusing"]
        worker.resume()
        before = sum(len(sender.accepted) for sender in senders)
        until(lambda: sum(len(sender.accepted) for sender in senders) > before + 2000, 120)

    settled(instance.status)

    accepted = set().union(*(sender.accepted for sender in senders))
    refused = sum(sender.refusals[503] for sender in senders)
    figure(f"A-32: {len(accepted):,} emails accepted, {refused:,} uploads put off, {longest:,} waiting of 500")
    assert longest <= 500 + 4 * 50
    assert "500 may" in refusing
    assert_each_read_once(sqlite_url(tmp_path / "data"), accepted)


def test_frozen_redis_does_not_hold_whoever_asks(start, tmp_path: Path):
    """Redis stopped (SIGSTOP): a reading on request is refused with when to come back, and works again afterwards."""
    instance = start(**HASTY)
    assert instance.http.post("/v1/predict", json={"subject": "a", "body": "b"}).status_code == 200
    redis = redis_of(instance)
    redis.suspend()

    refused = instance.http.post("/v1/predict", json={"subject": "a", "body": "b"}, timeout=15)
    redis.resume()

    assert refused.status_code == 503
    assert refused.headers["retry-after"]
    until(lambda: instance.http.post("/v1/predict", json={"subject": "a", "body": "b"}).status_code == 200, 60)
