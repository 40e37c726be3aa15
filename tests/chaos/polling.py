"""A poller as it runs in production, that a test starts, stops and kills."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from tests.imap_servers.mail_user import MailUser
from tests.system.conftest import until
from triage.embedded import Child
from triage.embedded.process import Process

KEY = "a key for tests that has more than thirty-two characters"


class Pollers:
    """Processes of `triage poll` on one database, and other commands on the same.

    Attributes:
        running: Those that run, in the order of starting.
    """

    def __init__(self, folder: Path, database_url: str, redis_url: str, **variables: str) -> None:
        folder.mkdir(exist_ok=True)
        self._folder = folder
        self._environment = {
            "TRIAGE_DATA_DIR": str(folder),
            "TRIAGE_DATABASE_URL": database_url,
            "TRIAGE_REDIS_URL": redis_url,
            "TRIAGE_SECRET_KEY": KEY,
            "TRIAGE_POLL_LEASE": "PT2S",
        } | variables
        self.running: list[Process] = []
        self.triage("migrate")

    def start(self) -> Process:
        log = self._folder / f"poll-{len(list(self._folder.glob('poll-*.log')))}.log"
        started = Process(Child("poll", [sys.executable, "-m", "triage", "poll"], self._environment), log)
        self.running.append(started)
        return started

    def kill(self, poller: Process) -> None:
        """Kill it (SIGKILL), and return when it is gone."""
        self.running.remove(poller)
        poller.kill()

    def suspend(self, poller: Process) -> None:
        os.kill(poller.pid, signal.SIGSTOP)
        until(lambda: psutil.Process(poller.pid).status() == psutil.STATUS_STOPPED, 10)

    def resume(self, poller: Process) -> None:
        os.kill(poller.pid, signal.SIGCONT)

    def stop(self) -> None:
        for poller in list(self.running):
            self.kill(poller)

    def add_account(self, user: MailUser, port: int, *options: str, name: str = "support") -> None:
        self.triage(
            *("accounts", "add", name, "--host", "127.0.0.1", "--port", str(port), "--security", "none"),
            *("--user", user.name, "--password-stdin", "--interval", "5", *options),
            stdin=user.password,
        )

    def verify(self) -> str:
        """Return what `triage accounts verify` says; it fails where something is missing."""
        return self.triage("accounts", "verify")

    def triage(self, *arguments: str, stdin: str = "") -> str:
        command = [sys.executable, "-m", "triage", *arguments]
        environment = os.environ | self._environment
        done = subprocess.run(command, env=environment, input=stdin, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr
        return done.stdout
