"""Things that break while mail comes in: in the end every accepted email has exactly one verdict."""

import json
import signal
import threading
import time
from collections import Counter
from pathlib import Path

import psutil
import pytest

from tests.system.conftest import until
from tests.system.test_mail_reaches_inbox import verdicts_per_email
from triage.queue import connect
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]

NDJSON = {"Content-Type": "application/x-ndjson"}
# Shorter than in production, so that a test need not wait for what is only patience.
HASTY = {"TRIAGE_CLAIM_AFTER": "PT2S", "TRIAGE_RECONCILE_AFTER": "PT3S"}


def lines(first, count):
    """That many different mails as lines of JSON."""
    mails = (
        {"from": "a@example.org", "subject": f"Order {n}", "text": f"Where is parcel {n}?"}
        for n in range(first, first + count)
    )
    return "".join(json.dumps(mail) + "\n" for mail in mails).encode()


class Sender(threading.Thread):
    """Sends mail in small batches until told to stop; counts what was accepted and repeats what was not."""

    def __init__(self, instance, size=20, first=0):
        super().__init__()
        self.accepted = 0
        self._first = first
        self.refusals = Counter()
        self._instance, self._size, self._enough = instance, size, threading.Event()

    def run(self):
        while not self._enough.is_set():
            answer = self._instance.http.post(
                "/v1/emails/bulk", content=lines(self._first + self.accepted, self._size), headers=NDJSON
            )
            if answer.status_code == 200:
                self.accepted += self._size
            else:
                assert answer.status_code == 503, answer.text
                assert answer.headers["retry-after"]
                self.refusals[answer.status_code] += 1
            time.sleep(0.05)

    def stop(self):
        self._enough.set()
        self.join()


def settled(instance, seconds=120):
    """Wait until nothing is queued, and return how long that took."""
    began = time.monotonic()
    until(lambda: instance.status()["emails"]["queued"] == 0, seconds)
    return time.monotonic() - began


def report(capsys, figure):
    with capsys.disabled():
        print(f"\n{figure}")


def redis_of(instance) -> psutil.Process | None:
    """The Redis of an instance, while there is one."""
    return next((process for process in instance.processes() if "redis-server" in process.name()), None)


def test_redis_that_loses_everything_delays_mail_and_loses_none(start, tmp_path: Path, capsys):
    """FLUSHALL with 2,000 emails queued: all of them are read (A-11)."""
    instance = start(**HASTY)
    worker = instance.worker()
    worker.suspend()
    instance.http.post("/v1/emails/bulk", content=lines(0, 2000), headers=NDJSON)
    with connect(f"unix://{tmp_path}/data/redis/redis.sock") as client:
        client.flushall()
    worker.resume()

    seconds = settled(instance)

    report(capsys, f"A-11: 2,000 emails read {seconds:.0f} s after FLUSHALL")
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: 2000})


def test_redis_killed_again_and_again_loses_no_mail(start, tmp_path: Path, capsys):
    """kill -9 of Redis, five times under load: reading goes on each time without help (A-10)."""
    instance = start(**HASTY)
    sender = Sender(instance)
    sender.start()
    recoveries = []
    for _ in range(5):
        killed = redis_of(instance)
        killed.kill()
        began = time.monotonic()
        until(lambda killed=killed: redis_of(instance) not in (None, killed), 60)
        before = instance.status()["emails"]["read"]
        until(lambda before=before: instance.status()["emails"]["read"] > before + 40, 60)
        recoveries.append(time.monotonic() - began)
    sender.stop()
    settled(instance)

    report(capsys, f"A-10: reading went on {max(recoveries):.0f} s after a kill of Redis at the latest")
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: sender.accepted})


def test_redis_that_hangs_delays_mail_and_loses_none(start, tmp_path: Path, capsys):
    """Redis stopped for 15 s (SIGSTOP): mail is still accepted, and read afterwards (A-10)."""
    instance = start(**HASTY)
    sender = Sender(instance)
    sender.start()
    redis = redis_of(instance)
    redis.suspend()
    time.sleep(15)
    redis.resume()
    sender.stop()

    seconds = settled(instance)

    report(capsys, f"A-10: all mail read {seconds:.0f} s after a pause of 15 s")
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: sender.accepted})


def test_database_that_is_away_refuses_mail_and_loses_none(start, own_postgres, tmp_path: Path, capsys):
    """PostgreSQL stopped for 10 s under load: 503 meanwhile, and every accepted email has one verdict (A-41)."""
    with own_postgres.database() as url:
        instance = start(TRIAGE_DATABASE_URL=url, **HASTY)
        sender = Sender(instance)
        sender.start()
        until(lambda: sender.accepted > 200, 60)
        own_postgres.stop("immediate")
        time.sleep(10)
        own_postgres.start()
        accepted = sender.accepted
        until(lambda: sender.accepted > accepted + 200, 60)
        sender.stop()

        seconds = settled(instance)

        report(
            capsys,
            f"A-41: {sum(sender.refusals.values())} batches refused, all mail read {seconds:.0f} s after the last",
        )
        assert verdicts_per_email(url) == Counter({1: sender.accepted})
        assert sender.refusals[503] > 0
        instance.stop()


def test_mail_that_kills_its_reader_is_set_aside_and_read_once_the_cause_is_mended(start, tmp_path: Path, capsys):
    """One deadly mail among 300: the worker dies exactly five times, the others are read, the mail is listed (A-14).

    Without the fault a retry empties the list, and every email has one verdict (A-38).
    """
    poison = str(Path(__file__).parent / "poison")
    instance = start(PYTHONPATH=poison, TRIAGE_CLAIM_AFTER="PT1S")
    pids = {instance.worker().pid}
    deadly = json.dumps({"subject": "a deadly mail", "text": "x"}).encode() + b"\n"
    instance.http.post("/v1/emails/bulk", content=lines(0, 150) + deadly + lines(150, 150), headers=NDJSON)

    def all_decided():
        worker = instance.worker()
        if worker is not None:
            pids.add(worker.pid)
        return instance.status()["emails"] == {"queued": 0, "read": 300, "failed": 1}

    until(all_decided, 300)
    (failed,) = instance.http.get("/v1/inbox?state=failed").json()["items"]
    listed = instance.triage("failed", "list")

    report(capsys, f"A-14: {len(pids) - 1} workers died of it, 300 others read; {failed['error']}")
    assert len(pids) == 6
    assert (failed["error"], failed["attempts"]) == ("the worker stopped while reading it", 5)
    assert "a deadly mail" in listed.stdout

    instance.stop()
    mended = start(**HASTY)
    retried = mended.triage("failed", "retry", "--all")
    settled(mended)

    assert retried.stdout == "1 tried again, 0 still set aside\n"
    assert mended.triage("failed", "list").stdout == "nothing was set aside\n"
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: 301})


def test_worker_that_is_asked_to_stop_finishes_its_batch(start, tmp_path: Path):
    """SIGTERM under load: the worker ends by itself, and nothing it had is left pending for long (warm stop)."""
    instance = start(**HASTY)
    instance.http.post("/v1/emails/bulk", content=lines(0, 2000), headers=NDJSON)
    worker = instance.worker()
    worker.send_signal(signal.SIGTERM)

    gone, _ = psutil.wait_procs([worker], timeout=10)
    settled(instance)

    assert gone
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: 2000})


def test_mail_is_read_while_the_schedule_is_dead(start, tmp_path: Path):
    """Without beat, new mail is read as ever: the doorbell needs no schedule (A-15)."""
    instance = start(**HASTY)
    beat = next(process for process in instance.processes() if "beat" in process.cmdline())
    beat.suspend()

    answer = instance.http.post("/v1/emails?wait=20", json={"subject": "hello", "text": "there"})
    beat.resume()

    assert answer.json()["state"] == "read"
