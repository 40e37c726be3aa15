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
from time import monotonic

import structlog

from triage.errors import TriageError
from triage.imap.account import ImapAccount
from triage.imap.door import Door
from triage.imap.login import Shown
from triage.imap.watch import Pace, Watch
from triage.intake import Intake
from triage.storage.session import Database

log = structlog.get_logger(__name__)

LOOKS_FOR_ACCOUNTS_EVERY_SECONDS = 5.0
# A visit ends within a second, unless it waits for an answer; all accounts that end share this.
GRACE_SECONDS = 8.0


@dataclass(frozen=True, slots=True)
class Running:
    """An account that is polled, as it was when that began.

    Attributes:
        generation: How often a person had given it another secret.
    """

    account: ImapAccount
    watch: Watch
    thread: Thread
    generation: int


@dataclass(slots=True)
class Poller:
    """What the process works with.

    Attributes:
        found: Returns all accounts, each with how often a person gave it another secret.
        shown: Returns what the server of an account is shown.
        alive: Called every few seconds, as a sign of life.
        process: A name that no other process has.
    """

    database: Database
    intake: Intake
    found: Callable[[], list[tuple[ImapAccount, int]]]
    shown: Callable[[ImapAccount], Shown]
    clock: Callable[[], datetime]
    pace: Pace = field(default_factory=Pace)
    alive: Callable[[], None] = lambda: None
    process: str = field(default_factory=lambda: f"{socket.gethostname()[:50]}-{os.getpid()}-{uuid.uuid4().hex[:8]}")
    _running: dict[int, Running] = field(default_factory=dict)
    _begun: int = 0

    def run(self, stop: Event) -> None:
        """Poll every account until told to stop. Accounts that are added, changed or removed are noticed in seconds."""
        while not stop.is_set():
            self.alive()
            try:
                self._follow(self.found())
            except TriageError as error:
                log.warning("accounts not found", error=str(error))
            stop.wait(LOOKS_FOR_ACCOUNTS_EVERY_SECONDS)
        self._end(list(self._running.values()))

    def _follow(self, found: list[tuple[ImapAccount, int]]) -> None:
        """Begin with accounts that are new, end with those that are gone; one that was changed is both."""
        now = {account.id: account for account, _ in found}
        self._end([one for one in self._running.values() if now.get(one.account.id) != one.account])
        for account, generation in found:
            running = self._running.get(account.id)
            if running is None:
                self._running[account.id] = self._begin(account, generation)
            elif not running.thread.is_alive():
                log.error("polling has died and begins anew", account=account.name)
                self._running[account.id] = self._begin(account, generation, running.watch.failures_in_a_row)
            elif running.generation != generation:
                # It may be the very thing that was wrong. A token that was renewed is no reason to come back sooner.
                running.watch.wake.set()
                self._running[account.id] = replace(running, generation=generation)

    def _begin(self, account: ImapAccount, generation: int, failures_in_a_row: int = 0) -> Running:
        door = Door(account, self.database, self.intake, self.clock)
        watch = Watch(door, self._owner(), self.shown(account), self.pace, failures_in_a_row=failures_in_a_row)
        thread = Thread(target=watch.run, name=f"account {account.name}", daemon=True)
        thread.start()
        return Running(account, watch, thread, generation)

    def _owner(self) -> str:
        """Return a name that no other watch has, so that one which ends late does not free what its successor took."""
        self._begun += 1
        return f"{self.process}-{self._begun}"

    def _end(self, ending: list[Running]) -> None:
        for running in ending:
            running.watch.stop.set()
        until = monotonic() + GRACE_SECONDS
        for running in ending:
            running.thread.join(max(0.0, until - monotonic()))
            del self._running[running.account.id]
