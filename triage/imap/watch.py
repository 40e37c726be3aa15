"""Polling one account for as long as we live, whatever happens to the server, the network or the database."""

from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from random import Random
from threading import Event
from time import monotonic

import structlog

from triage.actor import set_actor
from triage.errors import StorageFault, TriageError
from triage.imap.connection import ANSWER_SECONDS
from triage.imap.door import Door
from triage.imap.lease import Ended, Lease
from triage.imap.login import Shown, log_in
from triage.imap.patience import wait_after
from triage.imap.stumbles import Stumbles
from triage.imap.telling import note_problem
from triage.imap.visit import SLICE_SECONDS, Left, Visit
from triage.intake import Intake
from triage.intake.patience import PatientIntake
from triage.storage import accounts

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Pace:
    """How often and how long.

    Attributes:
        lease: How long after the death of a process another takes its accounts over.
        idle_renewal: How long one IDLE lasts at most.
        answer: How long a server may take to answer.
    """

    lease: timedelta = timedelta(seconds=30)
    idle_renewal: timedelta = timedelta(minutes=9)
    answer: timedelta = timedelta(seconds=ANSWER_SECONDS)


@dataclass(slots=True)
class Watch:
    """The polling of one account by this process.

    Attributes:
        owner: A name that no other process has.
        shown: What the server is shown.
        stop: Set from another thread to end `run`.
        wake: Set from another thread to end a wait after a failure: something was mended.
        stumbles: By folder; outlives connections, as does `left`.
        failures_in_a_row: What the next wait is reckoned from.
    """

    door: Door
    owner: str
    shown: Shown
    pace: Pace
    random: Random = field(default_factory=Random)
    stop: Event = field(default_factory=Event)
    wake: Event = field(default_factory=Event)
    stumbles: defaultdict[str, Stumbles] = field(default_factory=lambda: defaultdict(Stumbles))
    left: dict[str, Left] = field(default_factory=dict)
    failures_in_a_row: int = 0

    def run(self) -> None:
        """Poll until told to stop; never raises. While another process polls the account, wait for it to end."""
        set_actor(f"account:{self.door.account.name}")
        lease = Lease(self.door.database, self.door.account.id, self.owner, self.pace.lease, self.door.clock, self.stop)
        while not self.stop.is_set():
            with suppress(Ended):
                self._poll(lease)
        with suppress(TriageError):
            lease.release()

    def _poll(self, lease: Lease) -> None:
        """Poll until something goes wrong, and then wait for as long as that takes."""
        try:
            if lease.taken():
                self._visit(lease)
            else:
                self.stop.wait(self.pace.lease.total_seconds() / 3)
        except Ended:
            raise
        except TriageError as error:
            self._recover(error, lease)
        except Exception as error:  # a fault of ours in one mail or one server must not end it all
            log.exception("polling failed", account=self.door.account.name)
            self._recover(StorageFault(f"polling raised {type(error).__name__}; please report it"), lease)

    def _visit(self, lease: Lease) -> None:
        self._note(accounts.note_tried, self.door.clock())
        server = log_in(self.door.account, self.shown, answer_seconds=self.pace.answer.total_seconds())
        try:
            self._note(accounts.note_connected, self.door.clock())
            visit = Visit(
                server, self._patient(lease), lease, self.stumbles, self.left, self.pace.idle_renewal, self.random
            )
            while True:
                visit.look()
                self.failures_in_a_row = 0
                visit.wait()
        finally:
            # Without a goodbye: whoever waits in IDLE would not hear it, and whoever is told to stop has no time.
            server.abandon()

    def _patient(self, lease: Lease) -> Door:
        """Return a door that waits for room when too much mail waits: the connection stands, and nothing is lost."""
        intake = self.door.intake
        if isinstance(intake, Intake):
            intake = PatientIntake(intake, lambda _: None, sleep=lease.sleep)
        return replace(self.door, intake=intake)

    def _recover(self, error: TriageError, lease: Lease) -> None:
        """Note what went wrong, and wait until it may be tried again."""
        self.failures_in_a_row += 1
        account, now = self.door.account, self.door.clock()
        # Its name alone: the server's words may hold the address that we log in with.
        log.warning("account not polled", account=account.name, error=type(error).__name__)
        wait = wait_after(error, self.failures_in_a_row, longest=account.interval, random=self.random)
        with suppress(TriageError):
            self._note(accounts.note_connected, None)
            self._note(note_problem, str(error), now)
        until = monotonic() + wait.total_seconds()
        while not self.wake.is_set() and (left := until - monotonic()) > 0:
            try:
                lease.sleep(min(left, SLICE_SECONDS))
            except TriageError:  # whatever the database has against us, the server is not asked sooner
                self.stop.wait(SLICE_SECONDS)
        self.wake.clear()

    def _note(self, note: Callable[..., None], *values: object) -> None:
        with self.door.database.unit_of_work() as session:
            note(session, self.door.account.id, *values)
