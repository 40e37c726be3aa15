"""The services of docker-compose.yml as processes of this machine: their own commands, variables and health checks.

Nothing runs in a container, so what a container would give is given here: the folders that are mounted, the variables
of the image, one machine to itself (ports), and no capability. All that is rewritten of the file is in `Place.here`.
"""

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import psutil

from tests.compose.reading import OURS, REPOSITORY, check_of, duration, image_environment, services
from tests.ports import free_port
from tests.postgres import programs
from tests.system.conftest import STARTED_WITHIN_SECONDS, until
from triage.embedded import Child
from triage.embedded.process import Process

SERVED = ("5432", "6379", "8025")
WITHOUT_CAPABILITIES = ("setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all")


@dataclass(slots=True)
class Place:
    """What one container would see of the world, and where that is here.

    Attributes:
        folder: Of this container alone.
        shared: Of the whole set-up: secrets and volumes.
        ports: Where each port of the file is here.
    """

    folder: Path
    shared: Path
    ports: dict[str, int]
    volumes: dict[str, Path]

    def here(self, text: str) -> str:
        """Return a text of the file as it reads on this machine."""
        text = text.replace("$$", "$")
        text = re.sub(r"\b(db|broker)(?=:\d)", "127.0.0.1", text)
        folders = {"/run/secrets": self.shared / "secrets", "/run/triage": self.folder / "run", **self.volumes}
        for there, here in folders.items():
            text = text.replace(there, str(here))
        return re.sub(r"\b(" + "|".join(self.ports) + r")\b", lambda found: str(self.ports[found[0]]), text)


@dataclass(slots=True)
class Container:
    """One run of a service."""

    name: str
    service: dict[str, Any]
    place: Place
    extra: dict[str, str] = field(default_factory=dict)
    process: Process | None = None

    @property
    def environment(self) -> dict[str, str]:
        """All variables that it has: none of ours."""
        image = {name: value for name, value in image_environment().items() if name != "PATH"}
        given = image | self.service.get("environment", {})
        home = {"HOME": str(self.place.folder / "tmp"), "TMPDIR": str(self.place.folder / "tmp")}
        path = ":".join([str(Path(sys.executable).parent), str(programs()), os.environ["PATH"]])
        # This repository before whatever the environment of the tests has installed.
        always = home | {"PATH": path, "PYTHONPATH": str(REPOSITORY)}
        return {name: self.place.here(str(value)) for name, value in given.items()} | always | self.extra

    def command(self) -> list[str]:
        """Return its own command, with what the entry point of a foreign image would add to it."""
        words = [self.place.here(word) for word in self.service["command"]]
        data = self.place.folder / "data"
        if self.name == "db":
            words += ["-D", str(data), "-p", str(self.place.ports["5432"]), "-k", str(self.place.folder / "run")]
            words += ["-c", "listen_addresses=127.0.0.1"]
        if self.name == "broker":
            words += ["--dir", str(data), "--port", str(self.place.ports["6379"]), "--bind", "127.0.0.1"]
        return words

    def start(self) -> None:
        """Start it, without capabilities where we have some."""
        assert self.process is None
        variables = [f"{name}={value}" for name, value in self.environment.items()]
        contained = as_postgres() if self.name == "db" else WITHOUT_CAPABILITIES if os.geteuid() == 0 else ()
        argv = ["env", "--ignore-environment", "--chdir", str(self.place.folder), *variables, *contained]
        self.process = Process(Child(self.name, [*argv, *self.command()]), self.log)

    @property
    def log(self) -> Path:
        return self.place.folder.parent / f"{self.place.folder.name}.log"

    def is_healthy(self) -> bool:
        """Ask what Docker would ask."""
        assert self.exit_code is None, self.log.read_text()[-4000:]
        command = [self.place.here(word) for word in check_of(self.service)]
        limit = duration(self.service["healthcheck"]["timeout"]).total_seconds()
        try:
            asked = subprocess.run(command, env=self.environment, capture_output=True, timeout=limit, check=False)
        except subprocess.TimeoutExpired:
            return False
        return asked.returncode == 0

    def run(self, *words: str) -> str:
        """Return what another command prints in it: `docker compose exec`."""
        done = subprocess.run(
            words, env=self.environment, cwd=self.place.folder, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    @property
    def exit_code(self) -> int | None:
        return None if self.process is None else self.process.exit_code

    @property
    def pid(self) -> int:
        assert self.process is not None
        return self.process.pid

    def signs(self) -> dict[str, Path]:
        """Return its signs of life by kind: `heartbeat`, `ready`."""
        return {file.suffix.removeprefix("."): file for file in (self.place.folder / "run").glob("*.*")}

    def grow_old(self) -> None:
        """Let its signs of life look as if they had been given long ago."""
        for file in self.signs().values():
            os.utime(file, (file.stat().st_atime, file.stat().st_mtime - 90))

    def peak_bytes(self) -> int:
        """Return the most memory that it held at once, and what it started holds now."""
        told = Path(f"/proc/{self.pid}/status").read_text()
        peak = re.search(r"VmHWM:\s+(\d+) kB", told)
        assert peak is not None
        children = psutil.Process(self.pid).children(recursive=True)
        return int(peak[1]) * 1024 + sum(child.memory_info().rss for child in children)

    def stop(self) -> None:
        """Stop it as `docker compose stop` does; fail where Docker would have had to kill it."""
        assert self.process is not None
        os.kill(self.pid, signal.Signals[self.service["stop_signal"]])
        grace = duration(self.service["stop_grace_period"]).total_seconds()
        ended = self.process.wait(grace)
        self.kill()
        assert ended, f"{self.name} did not end within {grace} s of {self.service['stop_signal']}"

    def kill(self) -> None:
        """End it, whatever it does; it may be started again afterwards."""
        if self.process is not None:
            self.process.kill()
        self.process = None


class Stand:
    """The set-up, as `docker compose up` makes it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.containers: dict[str, Container] = {}
        self._ports = {port: free_port() for port in SERVED}
        self._numbers = count(1)
        subprocess.run(["sh", REPOSITORY / "scripts" / "secrets.sh", folder / "secrets"], check=True)
        url = folder / "secrets" / "database_url"
        url.write_text(Place(folder, folder, self._ports, {}).here(url.read_text()))

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._ports['8025']}"

    def up(self) -> None:
        """Start every service that needs no profile, each when those that it waits for are where they should be."""
        for name, service in services().items():
            if "profiles" not in service:
                self._await(service)
                container = self.add(name)
                if name == "db":
                    initialise(container)
                container.start()
        for name in OURS:
            if name != "migrate":
                until(self.containers[name].is_healthy, STARTED_WITHIN_SECONDS)

    def add(self, name: str, *, extra: dict[str, str] | None = None) -> Container:
        """Return another container of a service, with nothing of its own but its folder; it is not started."""
        service = services()[name]
        folder = self.folder / f"{name}-{next(self._numbers)}"
        for part in ("run", "tmp", "data"):
            (folder / part).mkdir(parents=True)
        volumes = {"/var/lib/triage": self._mounted(service, folder)}
        # What it serves of what Prometheus asks is on its own machine there, on a port of its own here.
        ports = self._ports | {"9464": free_port()}
        key = folder.name if name in self.containers else name
        self.containers[key] = Container(name, service, Place(folder, self.folder, ports, volumes), extra or {})
        return self.containers[key]

    def _mounted(self, service: dict[str, Any], folder: Path) -> Path:
        """Return what is at /var/lib/triage: a volume, or a folder of the image that nobody may write to."""
        volume = next((one.split(":")[0] for one in service.get("volumes", []) if "/var/lib/triage" in one), None)
        place = folder / "image" if volume is None else self.folder / "volumes" / volume
        place.mkdir(parents=True, exist_ok=True)
        if volume is None:
            place.chmod(0o555)
        return place

    def _await(self, service: dict[str, Any]) -> None:
        for name, wanted in service.get("depends_on", {}).items():
            one = self.containers[name]
            if wanted["condition"] == "service_healthy":
                until(one.is_healthy, STARTED_WITHIN_SECONDS)
            else:
                until(lambda one=one: one.exit_code is not None, STARTED_WITHIN_SECONDS)
                assert one.exit_code == 0, one.log.read_text()

    def kill(self) -> None:
        for container in self.containers.values():
            container.kill()


def as_postgres() -> tuple[str, ...]:
    """PostgreSQL refuses to run as root."""
    if os.geteuid() != 0:
        return ()
    program, *options = WITHOUT_CAPABILITIES
    return (program, "--reuid=postgres", "--regid=postgres", "--clear-groups", *options)


def initialise(db: Container) -> None:
    """Do what the entry point of the image does with an empty volume: a cluster, its user and its database."""
    told, data = db.environment, db.place.folder / "data"
    password = db.place.folder / "tmp" / "password"
    shutil.copy(told["POSTGRES_PASSWORD_FILE"], password)
    if os.geteuid() == 0:
        for path in (db.place.folder, *db.place.folder.rglob("*")):
            shutil.chown(path, "postgres", "postgres")
    words = ["--pgdata", str(data), "--username", told["POSTGRES_USER"], "--no-sync", f"--pwfile={password}"]
    words += ["--auth-local=trust", "--auth-host=scram-sha-256", *told["POSTGRES_INITDB_ARGS"].split()]
    _run_as_postgres("initdb", *words)
    _run_as_postgres("postgres", "--single", "-D", str(data), "postgres", told=f"CREATE DATABASE {told['POSTGRES_DB']}")


def _run_as_postgres(program: str, *words: str, told: str = "") -> None:
    command = [*as_postgres(), str(programs() / program), *words]
    done = subprocess.run(command, input=told + "\n", capture_output=True, text=True, cwd="/", check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def standing() -> Iterator[Stand]:
    """Give a set-up that is up; whatever is left of it at the end is killed."""
    # Not in pytest's folder, which is closed to the user that PostgreSQL runs as.
    folder = Path(tempfile.mkdtemp(prefix="triage-compose-"))
    folder.chmod(0o755)
    # As pip does where it installs; the services write none.
    packages = [str(REPOSITORY / package) for package in ("triage", "workers", "training", "migrations")]
    subprocess.run([sys.executable, "-m", "compileall", "-q", *packages], check=True)
    stand = Stand(folder)
    try:
        stand.up()
        yield stand
    finally:
        stand.kill()
        shutil.rmtree(folder)
