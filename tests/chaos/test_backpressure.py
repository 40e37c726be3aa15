"""More mail than can be read, and a Redis that takes no more work or does not answer: nothing accepted is lost."""

import time
from collections import Counter
from pathlib import Path

import pytest

from tests.chaos.test_nothing_is_lost import HASTY, NDJSON, Sender, lines, redis_of, report, settled
from tests.system.conftest import until
from tests.system.test_mail_reaches_inbox import verdicts_per_email
from triage.queue import connect
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


def parts_of(instance):
    """The worker and the schedule, by process id."""
    return {process.pid for process in instance.processes() if "workers.app" in " ".join(process.cmdline())}


def test_full_redis_delays_mail_and_recovers_by_itself(start, tmp_path: Path, capsys):
    """Redis at its limit under load: mail is accepted, what is in Redis is read, the rest once it has room (A-32)."""
    instance = start(**HASTY)
    until(lambda: len(parts_of(instance)) == 2, 60)  # the schedule is the last to start
    parts, worker = parts_of(instance), instance.worker()
    worker.suspend()
    instance.http.post("/v1/emails/bulk", content=lines(0, 3000), headers=NDJSON)
    sender = Sender(instance)
    sender.accepted = 3000
    with connect(f"unix://{tmp_path}/data/redis/redis.sock") as redis:
        redis.config_set("maxmemory", 1)
        sender.start()
        until(lambda: sender.accepted > 3200, 60)
        predicted = instance.http.post("/v1/predict", json={"subject": "a", "body": "b"})
        ready, status = instance.http.get("/readyz"), instance.status()

        worker.resume()
        began = time.monotonic()
        until(lambda: instance.status()["emails"]["read"] >= 3000, 120)
        read_while_full = time.monotonic() - began
        time.sleep(30)  # long enough for worker and schedule to give up, if they were ever to
        sender.stop()
        redis.config_set("maxmemory", 0)
    seconds = settled(instance)
    answered = instance.http.post("/v1/predict", json={"subject": "a", "body": "b"})

    report(
        capsys,
        f"A-32: 3,000 emails in a full Redis read within {read_while_full:.0f} s; {sender.accepted - 3000:,} accepted "
        f"meanwhile, the last read {seconds:.0f} s after it had room",
    )
    assert (predicted.status_code, ready.status_code, answered.status_code) == (503, 503, 200)
    assert predicted.headers["retry-after"]
    for said in (predicted.json()["detail"], ready.json()["checks"]["redis"], status["queue"]["problem"]):
        assert "takes no more work" in said
    assert not sender.refusals
    assert parts_of(instance) == parts
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: sender.accepted})


def test_worker_that_starts_while_redis_is_full_reads_what_is_in_it(start, tmp_path: Path):
    """A worker killed while Redis is full is followed by one that reads all the same, and mail has one verdict."""
    instance = start(**HASTY)
    worker = instance.worker()
    worker.suspend()
    instance.http.post("/v1/emails/bulk", content=lines(0, 1000), headers=NDJSON)
    with connect(f"unix://{tmp_path}/data/redis/redis.sock") as redis:
        redis.config_set("maxmemory", 1)
        worker.kill()
        until(lambda: instance.status()["emails"]["read"] == 1000, 120)
        redis.config_set("maxmemory", 0)
    instance.http.post("/v1/emails/bulk", content=lines(1000, 100), headers=NDJSON)

    settled(instance)

    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: 1100})


def test_more_mail_than_may_wait_is_put_off_and_all_of_it_read_in_the_end(start, tmp_path: Path, capsys):
    """Senders who come back when they are told to lose nothing, and the queue stays near its limit."""
    instance = start(TRIAGE_MAX_QUEUED="500", **HASTY)
    worker = instance.worker()
    worker.suspend()
    senders = [Sender(instance, first=100_000 * n, size=50) for n in range(4)]
    for sender in senders:
        sender.start()
    until(lambda: all(sender.refusals[503] for sender in senders), 60)
    longest = instance.status()["emails"]["queued"]
    refusing = instance.status()["refusing"]
    worker.resume()
    before = sum(sender.accepted for sender in senders)
    until(lambda: sum(sender.accepted for sender in senders) > before + 2000, 120)
    for sender in senders:
        sender.stop()

    settled(instance)

    accepted, refused = sum(s.accepted for s in senders), sum(s.refusals[503] for s in senders)
    report(capsys, f"A-32: {accepted:,} emails accepted, {refused:,} uploads put off, {longest:,} waiting of 500")
    assert longest <= 500 + 4 * 50
    assert "500 may" in refusing
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: accepted})


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
