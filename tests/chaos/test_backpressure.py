"""More mail than can be read, and a Redis that takes no more work or does not answer: nothing accepted is lost."""

import signal
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
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
    """Redis at its memory limit under load: mail is accepted, what is in Redis is read, the rest once it has room (A-32)."""
    instance = start(**HASTY)
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
