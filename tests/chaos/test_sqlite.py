"""SQLite under everybody at once."""

import subprocess
import sys
import threading
import time
from collections import Counter

import pytest

from tests.chaos.load import Sender
from tests.chaos.outcome import assert_each_read_once, settled
from tests.system.conftest import until
from triage.settings import sqlite_url

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(600)]

PLACES = ("/v1/inbox?limit=50", "/v1/status", "/v1/emails/1", "/")


class Reader(threading.Thread):
    """Looks at one page after the other until told to stop, and counts the answers."""

    def __init__(self, http) -> None:
        super().__init__(name="reader")
        self.answers = Counter()
        self._http, self._enough = http, threading.Event()

    def run(self) -> None:
        while not self._enough.is_set():
            for place in PLACES:
                self.answers[self._http.get(place).status_code] += 1
            time.sleep(0.02)

    def stop(self) -> None:
        self._enough.set()
        self.join()


def test_one_writer_eight_readers_and_two_workers_never_find_it_locked(start, tmp_path, figure):
    """For 30 s mail comes in and is read by two workers, while eight clients look at it (A-30)."""
    instance = start()
    worker = [sys.executable, "-m", "triage", "worker", "text"]
    log = (tmp_path / "second.log").open("wb")
    second = subprocess.Popen(worker, env=instance.environment, stdout=log, stderr=log)
    until(lambda: len(instance.readers()) == 2, 120)
    readers = [Reader(instance.http) for _ in range(8)]
    with Sender(instance.http) as sender:
        until(lambda: sender.accepted, 30)
        for reader in readers:
            reader.start()
        time.sleep(30)
    for reader in readers:
        reader.stop()
    settled(instance.status)
    second.terminate()
    second.wait(30)
    log.close()

    answers = sum((reader.answers for reader in readers), Counter())
    said = "".join(path.read_text() for path in (tmp_path / "second.log", *(tmp_path / "data" / "log").glob("*.log")))
    figure(
        f"A-30: {len(sender.accepted):,} emails written and read by two workers, {answers[200]:,} pages shown to eight "
        "clients, none found SQLite locked"
    )
    assert set(answers) == {200}
    assert not sender.refusals
    assert "is locked" not in said
    assert_each_read_once(sqlite_url(tmp_path / "data"), sender.accepted)
