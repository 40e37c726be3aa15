"""A wall clock that jumps: mail is read as ever, the schedule goes on, and nothing is enqueued again and again."""

import json
import time
from datetime import timedelta

import pytest

from tests.chaos.load import mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.embedded import redis_url
from triage.queue import connect
from triage.queue.names import MAIL_STREAM
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

HOUR = timedelta(hours=1)
# What the clock shows beyond the true time: an hour forward, back again, an hour back, and forward again.
SHIFTS = (HOUR, timedelta(0), -HOUR, timedelta(0))


def enqueued_again(log: str) -> int:
    """How many emails the reconciler has enqueued again, as its log says."""
    lines = (json.loads(line) for line in log.splitlines() if "lost work enqueued again" in line)
    return sum(line["count"] for line in lines)


def test_jumps_of_an_hour_delay_no_mail(start, clock, tmp_path, figure):
    """The clock of all processes jumps four times while mail waits and while some is lost from the stream (A-15)."""
    instance = start(**clock.variables)
    accepted, waits = set(), []
    with connect(redis_url(tmp_path / "data")) as redis:
        for number, shift in enumerate(SHIFTS):
            worker = instance.suspend_worker()
            accepted |= send(instance.http, mails(1000 * number, 100))
            redis.delete(MAIL_STREAM)
            accepted |= send(instance.http, mails(1000 * number + 100, 100))
            clock.set(shift)
            worker.resume()
            began = time.monotonic()
            mail = {"subject": f"hello {number}", "text": "there"}
            fresh = instance.http.post("/v1/emails?wait=20", json=mail).json()
            accepted.add(fresh["id"])
            assert fresh["state"] == "read"
            settled(instance.status, 60)
            waits.append(time.monotonic() - began)
        until(lambda: redis.xlen(MAIL_STREAM) == 0, 30)  # acknowledged after the commit, and none left behind

    figure(f"A-15: four jumps of an hour; all mail read {max(waits):.1f} s after each at the latest")
    assert enqueued_again((tmp_path / "data" / "log" / "worker.log").read_text()) == 100 * len(SHIFTS)
    assert_each_read_once(sqlite_url(tmp_path / "data"), accepted)
