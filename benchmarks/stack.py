"""Our services as they run in production, started for a measurement and gone afterwards."""

import json
import os
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, Self

import psutil
from sqlalchemy import func, select

from benchmarks.clock import memory_mib
from benchmarks.watched import FORGET, WRITE
from tests.postgres import PostgresServer
from triage.embedded import Child, PrivateRedis, serves
from triage.embedded.process import Process
from triage.intake import Intake
from triage.queue import Doorbell, WorkStream, celery_app, connect
from triage.queue.heartbeat import living_workers
from triage.ranking import load_policy
from triage.settings import sqlite_url
from triage.storage import schema
from triage.storage.session import Database, create_engine_for
from triage.storage.tables import Verdict

PATIENCE_SECONDS = 300


class DurablePostgres(PostgresServer):
    """PostgreSQL as it is installed: every commit reaches the disk before it is answered."""

    settings = "-c fsync=on -c synchronous_commit=on -c full_page_writes=on"


class Stack:
    """Redis as `triage up` runs it, a database, and whichever of our processes a measurement asks for.

    Args:
        folder: Where data and logs go.
        database_url: An empty database; `None` for SQLite in the folder.
        servers: Processes of others that are counted with ours, by name.
    """

    def __init__(self, folder: Path, database_url: str | None = None, servers: Mapping[str, int] | None = None) -> None:
        self.folder = folder
        self.database_url = database_url or sqlite_url(folder)
        self._redis = PrivateRedis(folder)
        self._processes: dict[str, Process] = {}
        self._servers = dict(servers or {})
        self._variables: dict[str, str] = {}

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        schema.migrate(create_engine_for(self.database_url))
        self._redis.start()
        self.redis = connect(self._redis.url)
        self.database = Database(self.database_url)
        return self

    def __exit__(self, *_: object) -> None:
        for name in reversed(list(self._processes)):
            self.stop(name)
        self.database.close()
        self.redis.close()
        self._redis.stop()

    @property
    def redis_url(self) -> str:
        """Where Redis listens."""
        return self._redis.url

    def add_variables(self, variables: Mapping[str, str]) -> None:
        """Add to the environment of what is started from now on."""
        self._variables |= variables

    @property
    def environment(self) -> dict[str, str]:
        """Variables that lead a process to this stack."""
        return {
            "TRIAGE_DATA_DIR": str(self.folder),
            "TRIAGE_DATABASE_URL": self.database_url,
            "TRIAGE_REDIS_URL": self._redis.url,
            # What is asked does not begin with making a key; knowing one costs a request some microseconds.
            "TRIAGE_AUTH": "off",
        } | self._variables

    def start(self, name: str, argv: Sequence[str]) -> Process:
        """Start a process of Python with these arguments; its output is in `log/NAME.log`."""
        child = Child(name, [sys.executable, *argv], self.environment)
        self._processes[name] = Process(child, self.log(name))
        return self._processes[name]

    def stop(self, name: str) -> None:
        """Ask a process to end, and see that it does."""
        process = self._processes.pop(name)
        process.terminate()
        process.wait(30)
        process.kill()

    def start_triage(self, name: str, *arguments: str, watch: str = "") -> Process:
        """Start one of our commands; `watch` is what `watched.py` shall see of it."""
        watched = ["benchmarks.watched", str(self.seen_file(name)), watch] if watch else []
        return self.start(name, ["-m", *watched, "triage", *arguments])

    def start_workers(self, count: int, *, after: int = 0, watch: str = "") -> list[str]:
        """Start text workers, and return their names when all have loaded the model; `after` so many before them."""
        names = [f"worker-{number}" for number in range(after + 1, after + count + 1)]
        pids = [self.start_triage(name, "worker", "text", watch=watch).pid for name in names]

        def all_live() -> bool:
            alive = {worker.worker for worker in living_workers(self.redis) if worker.model_version}
            return all(any(name.endswith(f"-{pid}") for name in alive) for pid in pids)

        self.until(all_live)
        return names

    def start_beat(self) -> None:
        """Start the schedule; nothing that is measured waits for it."""
        self.start_triage("beat", "beat")

    def start_api(self, *, watch: str = "") -> int:
        """Start the API, and return the port it serves."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        self.start_triage("serve", "serve", "--port", str(port), watch=watch)
        self.until(lambda: serves("127.0.0.1", port))
        return port

    def intake(self) -> Intake:
        """Return an intake in this process."""
        doorbell = Doorbell(self.redis, celery_app(self._redis.url))
        return Intake(self.database, WorkStream(self.redis), doorbell, load_policy())

    def until_read(self, *, emails: int | None = None) -> float:
        """Wait until every accepted email has its verdict; return the time by `time.time()`.

        Entries leave the stream after the commit, and no question is put to the database meanwhile.

        Raises:
            RuntimeError: There are not as many `emails` with a verdict as there should be.
        """
        stream = WorkStream(self.redis)
        self.until(lambda: stream.length() == 0)
        ended = time.time()
        if emails is not None and self.count_read() != emails:
            raise RuntimeError(f"{self.count_read()} emails have a verdict and {emails} should")
        return ended

    def count_read(self) -> int:
        """Return how many emails have a verdict."""
        with self.database.reading() as session:
            return session.scalar(select(func.count()).select_from(Verdict)) or 0

    def counts(self, column: str) -> dict[str, int]:
        """Return how many verdicts have each value of a column."""
        by = getattr(Verdict, column)
        with self.database.reading() as session:
            return dict(session.execute(select(by, func.count()).group_by(by)).all())

    def until(self, condition: Callable[[], object], pause_seconds: float = 0.005) -> None:
        """Wait for a condition; raise with the end of every log when it does not come true."""
        end = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            died = [name for name, process in self._processes.items() if process.exit_code is not None]
            if died or time.monotonic() > end:
                logs = "\n".join(f"{name}: {self.log(name).read_text()[-1000:]}" for name in self._processes)
                raise RuntimeError(f"{', '.join(died) or 'nobody'} ended, and we waited in vain:\n{logs}")
            time.sleep(pause_seconds)

    def forget(self) -> None:
        """Let every watched process begin anew."""
        for name in self._watched():
            os.kill(self._processes[name].pid, FORGET)

    def seen(self) -> dict[str, Any]:
        """Return what each watched process has seen since."""
        found = {}
        for name in self._watched():
            file = self.seen_file(name)
            file.unlink(missing_ok=True)
            os.kill(self._processes[name].pid, WRITE)
            self.until(file.exists)
            found[name] = json.loads(file.read_text())
        return found

    def seen_file(self, name: str) -> Path:
        """Return where a watched process writes what it has seen."""
        return self.folder / f"{name}.seen.json"

    def _watched(self) -> list[str]:
        return [name for name, process in self._processes.items() if "benchmarks.watched" in _command(process.pid)]

    def log(self, name: str) -> Path:
        """Return where a process writes what it has to say."""
        path = self.folder / "log" / f"{name}.log"
        path.parent.mkdir(exist_ok=True)
        return path

    def pids(self) -> dict[str, int]:
        """Return the process ids of Redis, PostgreSQL and what was started, by name."""
        found = {name: process.pid for name, process in self._processes.items()}
        assert self._redis.pid is not None
        return {"redis": self._redis.pid} | self._servers | found

    def memory(self) -> dict[str, dict[str, float]]:
        """Return the memory of each of these, see `memory_mib`."""
        return memory_mib(self.pids())


@contextmanager
def stack_on(server: PostgresServer | None) -> Iterator[Stack]:
    """Start a stack on an empty database of a server, or on SQLite without one."""
    with ExitStack() as context:
        folder = Path(context.enter_context(tempfile.TemporaryDirectory(prefix="triage-benchmark-")))
        url = context.enter_context(server.database()) if server else None
        yield context.enter_context(Stack(folder, url, {"postgres": server.pid} if server else None))


def _command(pid: int) -> list[str]:
    return psutil.Process(pid).cmdline()
