"""One break of each kind within seconds, for every run of the tests; the rest of this folder does more of each."""

import pytest

from tests.chaos.load import Sender, mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.embedded import redis_url
from triage.queue import connect
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.smoke, pytest.mark.slow, pytest.mark.timeout(300)]


def test_breaks_under_load_lose_no_mail(start, tmp_path):
    """Connections closed, Redis emptied, the worker killed: every mail is read once (A-10, A-11, A-13)."""
    instance = start(TRIAGE_CLAIM_AFTER="PT2S", TRIAGE_RECONCILE_AFTER="PT3S")
    with connect(redis_url(tmp_path / "data")) as redis, Sender(instance.http) as sender:
        until(lambda: len(sender.accepted) >= 100, 30)
        redis.execute_command("CLIENT", "KILL", "TYPE", "normal")

        # Killed and not paused: a paused one may keep SQLite locked.
        worker = instance.worker()
        worker.kill()
        forgotten = send(instance.http, mails(100_000, 200))
        redis.flushall()
        until(lambda: instance.worker() not in (None, worker), 60)
    settled(instance.status)

    assert_each_read_once(sqlite_url(tmp_path / "data"), sender.accepted | forgotten)
