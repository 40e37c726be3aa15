"""A Redis of our own, for the one machine that `triage up` runs on.

It listens on a Unix socket that only our user can open, so no port and no password are needed.
"""

import socket
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from triage.embedded.instance import log_folder, redis_folder
from triage.embedded.logs import begin_log
from triage.embedded.process import Child, Process
from triage.embedded.redis_address import make_redis_folders, redis_url, socket_path
from triage.embedded.redis_program import redis_server
from triage.errors import CannotStart

GRACE_SECONDS = 15.0
_LEAVING_SECONDS = 5.0
_PAUSE_SECONDS = 0.02


class PrivateRedis:
    """The Redis of one data folder.

    Start and stop it here, as a context manager too, or give what `prepare` returns to a supervisor.

    Attributes:
        url: Its address as redis-py reads it.
    """

    def __init__(self, data_dir: Path, *, binary: Path | None = None, config: Mapping[str, str] | None = None) -> None:
        """Take a data folder, the redis-server to run, and directives beyond ours, such as `{"maxmemory": "8mb"}`."""
        self.url = redis_url(data_dir)
        self._data_dir = data_dir.resolve()
        self._socket = socket_path(data_dir)
        self._log = log_folder(data_dir) / "redis.log"
        self._binary = binary
        self._config = config or {}
        self._process: Process | None = None

    def prepare(self) -> Child:
        """Make its folders and return the program to run.

        Raises:
            CannotStart: No redis-server is installed, or another one answers on our socket.
        """
        program = self._binary or redis_server()
        make_redis_folders(self._data_dir)
        self._await_silence()
        directives = {**self._directives(), **self._config}
        argv = [str(program), *(word for name, value in directives.items() for word in (f"--{name}", value))]
        # Redis 7.2 and newer exit under a locale that the machine does not have, as ssh may bring one along.
        return Child("redis", argv, env={"LC_ALL": "C"}, is_ready=self.answers, remedy=self._remedy())

    def start(self) -> None:
        """Start it, and return when it answers; reading a large append-only file may take it minutes.

        Raises:
            CannotStart: It ended instead; the sentence has the reason it gave in its log.
        """
        child = self.prepare()
        if self._process is None:
            begin_log(self._log)
        self._process = Process(child, self._log)
        while not self.answers():
            if self._process.wait(_PAUSE_SECONDS):
                self._process.kill()
                raise self._process.failed_start()

    def stop(self) -> None:
        """Let it write down what it holds and end; kill it when that takes more than 15 seconds."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(GRACE_SECONDS)
            self._process.kill()

    def kill(self) -> None:
        """End it as a crash would, and return when it is gone."""
        if self._process is not None:
            self._process.kill()

    def restart(self) -> None:
        """Stop it and start it again."""
        self.stop()
        self.start()

    @property
    def pid(self) -> int | None:
        """The server's process id; `None` while it does not run."""
        if self._process is None or self._process.exit_code is not None:
            return None
        return self._process.pid

    def answers(self) -> bool:
        """Say whether it serves requests; while it still reads its append-only file it does not."""
        client = redis.Redis(unix_socket_path=str(self._socket), socket_timeout=1, retry=Retry(NoBackoff(), 0))
        try:
            return bool(client.ping())
        except (redis.ConnectionError, redis.TimeoutError):
            return False
        finally:
            client.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    def _directives(self) -> dict[str, str]:
        """Return how it is set up: every write in the append-only file, nothing evicted, the log on our output."""
        return {
            "port": "0",
            "unixsocket": str(self._socket),
            "unixsocketperm": "700",
            "dir": str(redis_folder(self._data_dir)),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",
            "daemonize": "no",
            "logfile": "",
        }

    def _remedy(self) -> str:
        return (
            f"its log is {self._log}; should its data be damaged, move {redis_folder(self._data_dir)} aside: "
            "it holds work to be done, and what was not done yet is found again in the database"
        )

    def _await_silence(self) -> None:
        """Return when nothing listens on our socket.

        A server whose supervisor was killed goes within moments of it; one that stays is not ours to replace.
        """
        last_moment = time.monotonic() + _LEAVING_SECONDS
        while self._somebody_listens():
            if time.monotonic() > last_moment:
                raise CannotStart(f"another Redis listens on {self._socket}; stop it or choose another --data")
            time.sleep(_PAUSE_SECONDS)

    def _somebody_listens(self) -> bool:
        with socket.socket(socket.AF_UNIX) as visitor:
            return visitor.connect_ex(str(self._socket)) == 0
