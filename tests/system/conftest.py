"""`triage up` as a person starts it, with everything it brings along."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
import pytest

from tests.keys import bearing, begin_session, make_key
from tests.ports import free_port
from triage.embedded import database_path
from triage.settings import sqlite_url
from triage.storage.session import Database

STARTED_WITHIN_SECONDS = 300  # on a loaded machine; a quiet one takes a few


class Instance:
    """A running `triage up`."""

    def __init__(self, data: Path, variables: dict[str, str], *arguments: str) -> None:
        self.port, self.data = free_port(), data
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        self.environment = clean | {"TRIAGE_DATA_DIR": str(data), "COLUMNS": "120"} | variables
        self.output = data.parent / "up.out"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "triage", "up", "--port", str(self.port), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def let_in(self) -> None:
        """Send a key of an administrator with every request from here on, and have a session for a browser."""
        database = Database(self.environment.get("TRIAGE_DATABASE_URL") or sqlite_url(self.data))
        self.key, self.session = make_key(database), begin_session(database)
        self.http.headers.update(bearing(self.key))
        database.close()

    def wait_until_running(self) -> None:
        until(
            lambda: "Stop it with Ctrl-C" in self.output.read_text() or self.process.poll() is not None,
            STARTED_WITHIN_SECONDS,
        )
        assert self.process.poll() is None, self.output.read_text()

    def triage(self, *arguments: object, stdin: bytes = b"") -> subprocess.CompletedProcess[str]:
        """Run another command on the same instance."""
        command = [sys.executable, "-m", "triage", *map(str, arguments)]
        done = subprocess.run(command, input=stdin, env=self.environment, capture_output=True, timeout=300, check=False)
        return subprocess.CompletedProcess(done.args, done.returncode, done.stdout.decode(), done.stderr.decode())

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.http.get("/v1/status").json()
        return answer

    def readers(self) -> list[dict[str, Any]]:
        """What each text worker says of itself."""
        return [worker for worker in self.status()["workers"] if worker["kind"] == "text"]

    def processes(self) -> list[psutil.Process]:
        """Everything that `up` started, grandchildren included."""
        return psutil.Process(self.process.pid).children(recursive=True)

    def worker(self, kind: str = "text") -> psutil.Process | None:
        """The worker of a kind, while there is one."""
        for process in self.processes():
            command = command_of(process)
            if "workers.app" in command and any(word.startswith(f"{kind}-") for word in command):
                return process
        return None

    def suspend_worker(self) -> psutil.Process:
        """Stop the text worker (SIGSTOP) between two writes; amid one it would hold the lock of SQLite for good."""
        worker = self.worker()
        assert worker is not None
        with closing(sqlite3.connect(database_path(self.data), timeout=60, isolation_level=None)) as connection:
            connection.execute("BEGIN IMMEDIATE")
            worker.suspend()
            until(lambda: worker.status() == psutil.STATUS_STOPPED, 10)
        return worker

    def stop(self, number: signal.Signals = signal.SIGINT) -> None:
        """Stop it as Ctrl-C does."""
        if self.process.poll() is None:
            self.process.send_signal(number)
            self.process.wait(60)
        self.http.close()


def command_of(process: psutil.Process) -> list[str]:
    """The words that a process was started with; none when it has ended since it was found."""
    try:
        return process.cmdline()
    except psutil.Error:
        return []


def until(condition: Callable[[], object], seconds: float) -> None:
    """Wait for a condition; fail when it does not come true in time.

    What is dear to ask, such as a status, is asked less often: asking takes a tenth of the time at most, and leaves the
    processors to what is waited for.
    """
    end = time.monotonic() + seconds
    asked = time.monotonic()
    while not condition():
        answered = time.monotonic()
        assert answered < end, "this did not come true in time"
        time.sleep(min(max(0.05, 9 * (answered - asked)), 0.5))
        asked = time.monotonic()


@contextmanager
def instances(folder: Path, *, data: str = "data") -> Iterator[Callable[..., Instance]]:
    """Give what starts instances on a folder in `folder`; they are stopped at the end, however the block ends."""
    started: list[Instance] = []

    def starts(*arguments: str, **variables: str) -> Instance:
        instance = Instance(folder / data, variables, *arguments)
        started.append(instance)
        instance.wait_until_running()
        instance.let_in()
        return instance

    try:
        yield starts
    finally:
        for instance in started:
            instance.stop()


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[..., Instance]]:
    """Start an instance; it is stopped at the end, however the test ends."""
    with instances(tmp_path) as starts:
        yield starts
