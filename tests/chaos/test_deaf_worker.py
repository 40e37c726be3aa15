"""A worker that is connected and consumes nothing is noticed, told of, and replaced (A-10)."""

import time
from pathlib import Path

import pytest

from tests.chaos.load import fault, mails, send
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(900)]


def test_deaf_worker_is_replaced_and_mail_flows_again(start, tmp_path: Path, figure):
    """It says that it is deaf, ends itself, the supervisor starts another, and that one reads what waited."""
    deafen = tmp_path / "deafen"
    instance = start(**fault("deaf_worker"), TRIAGE_TEST_DEAF=str(deafen))
    deaf = instance.worker()
    deafen.touch()
    until(lambda: not deafen.exists(), 60)  # it has heard its last task
    accepted = send(instance.http, mails(0, 500))
    began = time.monotonic()

    until(lambda: "is deaf: tasks wait" in instance.http.get("/readyz").json()["checks"]["workers"], 60)
    doctor = instance.triage("doctor")
    until(lambda: not deaf.is_running(), 120)
    noticed = time.monotonic() - began
    settled(instance.status)

    replaced = time.monotonic() - began
    figure(f"A-10: a deaf worker ended itself after {noticed:.0f} s, all mail was read after {replaced:.0f} s")
    assert (doctor.returncode, "is deaf: tasks wait" in doctor.stdout) == (1, True)
    assert instance.worker().pid != deaf.pid
    assert "worker is deaf and ends" in (tmp_path / "data" / "log" / "worker.log").read_text()
    assert_each_read_once(sqlite_url(tmp_path / "data"), accepted)
    # The next beat of the new worker's heart says that it is ready.
    until(lambda: instance.http.get("/readyz").json()["checks"]["workers"] == "ok", 60)
