"""The parts of a production set-up, one process each, that a test starts, stops and kills one by one."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import psutil
from redis import Redis
from redis.exceptions import ResponseError

from tests.keys import bearing, make_key
from tests.ports import free_port
from tests.postgres import PostgresServer
from tests.system.conftest import STARTED_WITHIN_SECONDS, until
from triage.embedded import Child, PrivateRedis
from triage.embedded.process import Process
from triage.queue import connect
from triage.queue.heartbeat import State, living_workers
from triage.queue.names import MAIL_GROUP, MAIL_STREAM, TEXT_QUEUE, UPKEEP_QUEUE
from triage.storage.session import Database


@contextmanager
def producing(postgres: PostgresServer, folder: Path, **variables: str) -> Iterator["Production"]:
    """Run a set-up with two workers on a database and a Redis of its own; all is killed at the end of the block."""
    with PrivateRedis(folder / "redis") as redis, postgres.database() as url:
        production = Production(folder, url, redis.url, variables)
        try:
            production.start(workers=2)
            yield production
        finally:
            production.stop()


class Production:
    """An API, a schedule and text workers over a database and a Redis that somebody else runs.

    Attributes:
        database_url: Where the mail is.
        redis_url: Where the work waits.
        http: A client of the API.
        redis: A client of the Redis.
        workers: The text workers that run, in the order of starting.
        beat: The schedule.
    """

    def __init__(self, folder: Path, database_url: str, redis_url: str, variables: dict[str, str]) -> None:
        self._port = free_port()
        self.database_url, self.redis_url = database_url, redis_url
        self._folder = folder
        self._environment = {
            "TRIAGE_DATA_DIR": str(folder),
            "TRIAGE_DATABASE_URL": database_url,
            "TRIAGE_REDIS_URL": redis_url,
        } | variables
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{self._port}", timeout=60)
        self.redis: Redis = connect(redis_url)
        self.workers: list[Process] = []
        self._serve: Process | None = None
        self.beat: Process | None = None

    def start(self, workers: int) -> None:
        """Start everything, and return when mail is accepted and read."""
        self.triage("migrate")
        database = Database(self.database_url)
        self.http.headers.update(bearing(make_key(database)))
        database.close()
        self._serve = self._part("serve", "serve", "--port", str(self._port))
        self.start_beat()
        for _ in range(workers):
            self.start_worker()
        until(self._serves, STARTED_WITHIN_SECONDS)
        for worker in self.workers:
            until(lambda worker=worker: self.is_ready(worker), STARTED_WITHIN_SECONDS)

    def start_worker(self) -> Process:
        worker = self._part(f"worker-{len(list(self._folder.glob('worker-*.log')))}", "worker", "text")
        self.workers.append(worker)
        return worker

    def start_beat(self) -> None:
        self.beat = self._part("beat", "beat")

    def kill_worker(self, worker: Process) -> None:
        """Kill it (SIGKILL), and return when it is gone."""
        self.workers.remove(worker)
        worker.kill()

    def suspend(self, worker: Process) -> None:
        os.kill(worker.pid, signal.SIGSTOP)
        until(lambda: psutil.Process(worker.pid).status() == psutil.STATUS_STOPPED, 10)

    def resume(self, worker: Process) -> None:
        os.kill(worker.pid, signal.SIGCONT)

    def held(self) -> dict[str, int]:
        """Return how many entries of the stream each consumer holds."""
        try:
            summary: Any = self.redis.xpending(MAIL_STREAM, MAIL_GROUP)
        except ResponseError:  # nobody has read yet
            return {}
        return {one["name"].decode(): one["pending"] for one in summary["consumers"]}

    def one_that_holds_mail(self) -> Process | None:
        """Return a worker that holds entries, stopped (SIGSTOP) while it does.

        `None` when all mail was read before we looked.
        """
        while self.redis.xlen(MAIL_STREAM):
            time.sleep(0.005)
            for worker in self.workers:
                assert worker.exit_code is None, "a worker ended though nobody asked it to"
                if self.held().get(self.consumer(worker)):
                    self.suspend(worker)
                    if self.held().get(self.consumer(worker)):
                        return worker
                    self.resume(worker)
        return None

    def is_idle(self, but_for: int = 0) -> bool:
        """Say whether neither a task nor mail waits, and no worker has a task but so many of the dead.

        What a killed worker had of tasks is given to another after an hour; nobody waits for it, unlike for mail.
        """
        lists = sum(self.redis.llen(queue) for queue in (TEXT_QUEUE, UPKEEP_QUEUE))
        return lists + self.redis.xlen(MAIL_STREAM) == 0 and self.unacknowledged() <= but_for

    def unacknowledged(self) -> int:
        """Return how many tasks were given to workers, dead ones too, and not acknowledged."""
        return int(self.redis.hlen("unacked"))

    def is_ready(self, worker: Process) -> bool:
        """Say whether it has loaded its model and lives."""
        assert worker.exit_code is None, "a worker ended though nobody asked it to"
        told = [one for one in living_workers(self.redis) if one.worker == self.consumer(worker)]
        return any(one.state is State.READY for one in told)

    def consumer(self, worker: Process) -> str:
        """Return the name under which it reads the stream."""
        return f"{socket.gethostname()}-{worker.pid}"

    def status(self) -> dict[str, Any]:
        answer: dict[str, Any] = json.loads(self.http.get("/v1/status").text)
        return answer

    def worker_logs(self) -> str:
        """Return what all workers have logged."""
        return "".join(log.read_text() for log in self._folder.glob("worker-*.log"))

    def triage(self, *arguments: str) -> None:
        subprocess.run([sys.executable, "-m", "triage", *arguments], env=os.environ | self._environment, check=True)

    def stop(self) -> None:
        """Kill whatever runs."""
        for process in (*self.workers, self.beat, self._serve):
            if process is not None:
                process.kill()
        self.http.close()
        self.redis.close()

    def _part(self, name: str, *arguments: str) -> Process:
        argv = [sys.executable, "-m", "triage", *arguments]
        return Process(Child(name, argv, self._environment), self._folder / f"{name}.log")

    def _serves(self) -> bool:
        try:
            return self.http.get("/readyz").status_code == 200
        except httpx2.TransportError:
            return False
