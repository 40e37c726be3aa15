"""Text workers that are killed, stopped, and given the same work: every mail is read, and once."""

import json
import time

import pytest

from tests.chaos.load import fault, mails, send
from tests.chaos.outcome import assert_each_read_once, settled, verdicts_by_email
from tests.system.conftest import until
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


def test_killed_again_and_again_they_lose_nothing_and_repeat_nothing(production, figure):
    """kill -9 of a text worker that holds mail, twenty times during 5,000 mails (A-13)."""
    accepted, kills = set(), 0
    while kills < 20:
        if kills == 19:  # another is there to take over, so that the figure is not the time to load a model
            until(lambda: all(map(production.is_ready, production.workers)), 120)
        accepted |= send(production.http, mails(len(accepted), 250))
        victim = production.one_that_holds_mail()
        if victim is not None:
            production.kill_worker(victim)
            kills += 1
            production.start_worker()
    killed_at = time.monotonic()
    settled(production.status, 240)
    seconds = time.monotonic() - killed_at

    figure(f"A-13: 20 kills during {len(accepted):,} mails; the last was read {seconds:.1f} s after the last kill")
    assert len(accepted) >= 5_000
    assert_each_read_once(production.database_url, accepted)


def test_one_that_is_asked_to_stop_finishes_its_batch(production, figure):
    """SIGTERM in the middle of mail: the worker ends by itself and leaves nothing of what it had taken."""
    accepted = send(production.http, mails(100_000, 2_000))
    worker = None
    while worker is None:
        accepted |= send(production.http, mails(100_000 + len(accepted), 200))
        worker = production.one_that_holds_mail()
    production.workers.remove(worker)
    worker.terminate()
    production.resume(worker)
    began = time.monotonic()

    ended = worker.wait(30)
    seconds = time.monotonic() - began
    left = production.held().get(production.consumer(worker), 0)
    worker.kill()
    production.start_worker()
    settled(production.status)

    figure(f"A worker asked to stop under load ended {seconds:.1f} s later and left {left} entries")
    assert (ended, worker.exit_code, left) == (True, 0, 0)
    assert_each_read_once(production.database_url, accepted)


def test_mail_that_kills_its_reader_is_set_aside_and_read_once_the_cause_is_mended(start, tmp_path, figure):
    """Two deadly mails among 300: workers die of each twice, the others are read, the two are listed (A-14).

    Without the fault a retry empties the list, and every email has one verdict (A-38).
    """
    instance = start(**fault("deadly_mail"), TRIAGE_CLAIM_AFTER="PT1S", TRIAGE_MAX_ATTEMPTS="2")
    pids = {instance.worker().pid}
    deadly = [json.dumps({"subject": f"a deadly mail {n}", "text": "x"}).encode() + b"\n" for n in range(2)]
    ids = send(instance.http, mails(0, 100) + deadly[0] + mails(100, 100) + deadly[1] + mails(200, 100))

    def all_decided():
        worker = instance.worker()
        if worker is not None:
            pids.add(worker.pid)
        return instance.status()["emails"] == {"queued": 0, "read": 300, "failed": 2}

    until(all_decided, 600)
    failed = instance.http.get("/v1/inbox?state=failed").json()["items"]
    listed = instance.triage("failed", "list")
    deaths = len(pids) - 1

    figure(f"A-14: {deaths} workers died of two mails, 300 others were read; {failed[0]['error']}")
    # They die once of both where both came in one batch.
    assert deaths in (3, 4)
    assert all((mail["error"], mail["attempts"]) == ("the worker stopped while reading it", 2) for mail in failed)
    assert listed.stdout.count("a deadly mail") == 2
    failed_ids = {mail["id"] for mail in failed}
    assert verdicts_by_email(sqlite_url(tmp_path / "data")) == {one: int(one not in failed_ids) for one in ids}

    instance.stop()
    mended = start()
    retried = mended.triage("failed", "retry", "--all")
    settled(mended.status)

    assert retried.stdout == "2 tried again, 0 still set aside\n"
    assert mended.triage("failed", "list").stdout == "nothing was set aside\n"
    assert_each_read_once(sqlite_url(tmp_path / "data"), ids)
