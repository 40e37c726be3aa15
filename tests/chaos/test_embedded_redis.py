"""The Redis that `triage up` keeps running itself."""

import time

import psutil
import pytest

from tests.chaos.load import Sender
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import command_of, until
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]


def redis_of(instance) -> psutil.Process | None:
    """The Redis of an instance, while there is one."""
    return next((one for one in instance.processes() if "redis-server" in "".join(command_of(one)[:1])), None)


def test_killed_under_load_it_is_started_again(start, tmp_path, figure):
    """kill -9 of the embedded Redis, four times under load: it comes back, and reading goes on without help (A-10)."""
    instance = start()
    recoveries = []
    with Sender(instance.http) as sender:
        for _ in range(4):
            killed = redis_of(instance)
            killed.kill()
            began = time.monotonic()
            until(lambda killed=killed: redis_of(instance) not in (None, killed), 60)
            before = instance.status()["emails"]["read"]
            until(lambda before=before: instance.status()["emails"]["read"] > before + 40, 60)
            recoveries.append(time.monotonic() - began)
    settled(instance.status)

    figure(f"A-10: reading went on {max(recoveries):.0f} s after a kill of the embedded Redis at the latest")
    assert_each_read_once(sqlite_url(tmp_path / "data"), sender.accepted)
