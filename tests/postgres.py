"""A PostgreSQL server for tests: real, private, gone afterwards."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path
from typing import Self

from sqlalchemy import create_engine, make_url, text


class PostgresNotInstalled(Exception):
    """There is no server to start and none was named."""


class PostgresServer:
    """A server that listens on a Unix socket in its own folder; or one that runs already.

    PostgreSQL refuses to run as root, so root hands it to the user `postgres` that Debian's package makes.
    """

    # A test's database need not survive a power cut.
    settings = "-c fsync=off"

    def __init__(self, folder: Path | None, url: str) -> None:
        self.url = url
        self._folder = folder
        self._numbers = count(1)

    @classmethod
    def named_or_started(cls) -> Self:
        named = os.environ.get("TRIAGE_TEST_DATABASE_URL")
        return cls(None, named) if named else cls.started()

    @classmethod
    def started(cls) -> Self:
        # Not in pytest's folder: that is closed to other users, and each further run of pytest closes it again.
        folder = Path(tempfile.mkdtemp(prefix="triage-postgres-"))
        server = cls(folder, f"postgresql+psycopg://postgres@/postgres?host={folder}")
        server.initialise()
        server.start()
        return server

    def initialise(self) -> None:
        assert self._folder is not None
        if os.geteuid() == 0:
            shutil.chown(self._folder, "postgres", "postgres")
        self._run(
            "initdb",
            "--auth",
            "trust",
            "--username",
            "postgres",
            "--no-sync",
            "--encoding",
            "UTF8",
            "--locale",
            "C.UTF-8",
        )

    def start(self) -> None:
        options = (
            f"-c listen_addresses='' -c unix_socket_directories='{self._folder}' -c max_connections=200 {self.settings}"
        )
        self._run("pg_ctl", "--wait", "--log", f"{self._folder}/server.log", "--options", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "--wait", "--mode", mode, "stop")

    @property
    def pid(self) -> int:
        """Process id of the server that we started."""
        return int(Path(f"{self._folder}/data/postmaster.pid").read_text().split()[0])

    @contextmanager
    def database(self, *, like: str = "template1") -> Iterator[str]:
        """Make a database of its own, a copy of another to which nobody is connected; drop it at the end."""
        name = f"triage_test_{os.getpid()}_{next(self._numbers)}"
        self._execute(f"CREATE DATABASE {name} TEMPLATE {like}")
        try:
            yield make_url(self.url).set(database=name).render_as_string(hide_password=False)
        finally:
            self._execute(f"DROP DATABASE {name} WITH (FORCE)")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._folder is not None:
            self.stop("immediate")
            shutil.rmtree(self._folder)

    def _execute(self, statement: str) -> None:
        engine = create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.execute(text(statement))
        engine.dispose()

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(programs() / program), "--pgdata", f"{self._folder}/data", *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        done = subprocess.run(command, capture_output=True, text=True, cwd="/", check=False, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise RuntimeError(f"{program} failed: {done.stdout}{done.stderr}")


def refuse_connections(url, *, refuse=True):
    """Let a PostgreSQL database end every connection to it and take no more, or take them again."""
    name = make_url(url).database
    engine = create_engine(make_url(url).set(database="postgres"), isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f"ALTER DATABASE {name} ALLOW_CONNECTIONS {'false' if refuse else 'true'}"))
        if refuse:
            ended = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :name"
            connection.execute(text(ended), {"name": name})
    engine.dispose()


def programs() -> Path:
    """Return the folder of the newest server that is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: int(path.parts[-3]))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise PostgresNotInstalled("install Debian's postgresql, or name a server in TRIAGE_TEST_DATABASE_URL")
    if os.geteuid() == 0:
        try:
            pwd.getpwnam("postgres")
        except KeyError as error:
            raise PostgresNotInstalled("there is no user postgres for root to run it as") from error
    return found[-1].parent if found else Path(str(on_path)).parent
