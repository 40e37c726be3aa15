"""The process that polls every account: a thread for each, as accounts come and go.

An account that is slow, throttled or broken holds up no other.
"""

import os
import socket
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from threading import Event, Thread

import structlog

from triage.errors import TransientError
from triage.imap.account import ImapAccount
from triage.imap.door import Door
from triage.imap.login import Shown
from triage.imap.watch import Pace, Watch
from triage.intake import Intake
from triage.storage.session import Database

log = structlog.get_logger(__name__)

LOOKS_FOR_ACCOUNTS_EVERY_SECONDS = 5.0
# A visit ends within a second, unless it waits for an answer.
GRACE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Running:
    """An account that is polled, as it was when that began, with its secret."""

    account: ImapAccount
    watch: Watch
    thread: Thread
    secret: bytes


@dataclass(slots=True)
class Poller:
    """What the process works with.

    Attributes:
        found: Returns all accounts with their secrets as stored.
        shown: Returns what the server of an account is shown.
    """

    database: Database
    intake: Intake
    found: Callable[[], list[tuple[ImapAccount, bytes]]]
    shown: Callable[[ImapAccount], Shown]
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    owner: str = field(default_factory=lambda: f"{socket.gethostname()[:50]}-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    _running: dict[int, Running] = field(default_factory=dict)

    def run(self, stop: Event) -> None:
        """Poll every account until told to stop. Accounts that are added, changed or removed are noticed in seconds."""
        while not stop.is_set():
            try:
                self._follow(self.found())
            except TransientError as error:
                log.warning("accounts not found", error=str(error))
            stop.wait(LOOKS_FOR_ACCOUNTS_EVERY_SECONDS)
        self._end(list(self._running.values()))

    def _follow(self, found: list[tuple[ImapAccount, bytes]]) -> None:
        """Begin with accounts that are new, end with those that are gone; one that was changed is both."""
        now = {account.id: account for account, _ in found}
        self._end([one for one in self._running.values() if now.get(one.account.id) != one.account])
        for account, secret in found:
            running = self._running.get(account.id)
            if running is None or not running.thread.is_alive():
                self._running[account.id] = self._begin(account, secret)
            elif running.secret != secret:
                # It may be the very thing that was wrong.
                running.watch.wake.set()
                self._running[account.id] = replace(running, secret=secret)

    def _begin(self, account: ImapAccount, secret: bytes) -> Running:
        door = Door(account, self.database, self.intake, self.clock)
        watch = Watch(door, self.owner, self.shown(account), self.pace)
        thread = Thread(target=watch.run, name=f"account {account.name}", daemon=True)
        thread.start()
        return Running(account, watch, thread, secret)

    def _end(self, ending: list[Running]) -> None:
        for running in ending:
            running.watch.stop.set()
        for running in ending:
            running.thread.join(GRACE_SECONDS)
            del self._running[running.account.id]
