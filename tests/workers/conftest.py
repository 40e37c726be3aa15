"""Real worker processes, as `triage worker text` starts them."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.make import url_of
from tests.system.conftest import until
from triage.queue.heartbeat import Heartbeat, State, living_workers

READY_WITHIN_SECONDS = 170  # on a loaded machine; a quiet one takes five


class WorkerProcess:
    """A worker over a Redis and a data folder."""

    def __init__(self, data: Path, redis_url: str, client, variables: dict[str, str], kind: str = "text") -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith("TRIAGE_")}
        self.environment = clean | {"TRIAGE_DATA_DIR": str(data), "TRIAGE_REDIS_URL": redis_url} | variables
        self._client = client
        self.log = data / f"worker-{len(list(data.glob('worker-*.log')))}.log"
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "triage", "worker", kind],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )

    def heartbeat(self) -> Heartbeat | None:
        """What it says of itself, if anything."""
        own = [told for told in living_workers(self._client) if told.worker.endswith(f"-{self.process.pid}")]
        return own[0] if own else None

    def await_state(self, state: State) -> Heartbeat:
        """Wait until it says that of itself."""

        def said():
            assert self.process.poll() is None, self.log.read_text()
            told = self.heartbeat()
            return told is not None and told.state is state

        until(said, READY_WITHIN_SECONDS)
        told = self.heartbeat()
        assert told is not None
        return told

    def await_log(self, words: str) -> None:
        """Wait until it has logged these words."""
        until(lambda: words in self.log.read_text() or self.process.poll() is not None, READY_WITHIN_SECONDS)
        assert words in self.log.read_text()

    def signal(self, *numbers: signal.Signals) -> None:
        for number in numbers:
            self.process.send_signal(number)

    def rss_bytes(self) -> int:
        return int(psutil.Process(self.process.pid).memory_info().rss)


@pytest.fixture
def start_worker(data, redis) -> Iterator[Callable[..., WorkerProcess]]:
    """Start a worker, one of mail unless told otherwise; it is killed at the end, however the test ends."""
    started: list[WorkerProcess] = []

    def starts(kind: str = "text", **variables: str) -> WorkerProcess:
        started.append(WorkerProcess(data, url_of(redis), redis, variables, kind))
        return started[-1]

    yield starts
    for worker in started:
        worker.process.kill()
        worker.process.wait()
