"""One connection to an account: look into all folders, wait for more, and again, until something ends it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from time import monotonic

import structlog

from triage.errors import CommandRefused, FolderNotFound, InvalidAccount, InvalidLabel
from triage.imap.complete import compare, fetch_missing, note_compared
from triage.imap.connection import MailServer
from triage.imap.door import Door
from triage.imap.exchange import steps
from triage.imap.lease import Lease
from triage.imap.patience import spread
from triage.imap.poll import new_mail
from triage.imap.stumbles import Stumbles
from triage.storage import accounts, folders
from triage.storage.written import is_verdict_untold

log = structlog.get_logger(__name__)

SLICE_SECONDS = 1.0
# A verdict comes a moment after its mail; so much later, while nothing else happens, the server is told.
TOLD_AFTER_SECONDS = 5.0
VERIFY_EVERY = timedelta(days=1)


@dataclass(slots=True)
class Visit:
    """What one connection works with.

    Attributes:
        stumbles: By folder; outlives the connection.
        idle_renewal: How long one IDLE lasts. Servers end longer ones, and routers forget them (RFC 2177).
    """

    server: MailServer
    door: Door
    lease: Lease
    stumbles: Mapping[str, Stumbles]
    idle_renewal: timedelta
    random: Random
    _refused: bool = False

    def look(self) -> None:
        """Read all folders to their end, and note how that went. One that is not there is no hindrance to others.

        Raises:
            MailServerUnavailable: The server broke off, or asks us to come back later.
            TooMuchWaits: The queue takes no more.
            StorageUnavailable: The database does not answer.
            Ended: We are to stop, or another polls the account.
        """
        problems = []
        for folder in self.door.account.folders:
            try:
                self.read(folder)
                if self._is_to_be_verified(folder):
                    self.verify(folder)
            except FolderNotFound as error:
                problems.append(str(error))
            if passed_over := self.stumbles[folder].passed_over():
                problems.append(
                    f"{passed_over:,} messages in {folder} cannot be fetched and were passed over; "
                    "they are asked for again once a day"
                )
        self._note([*problems, *self._exchange()])

    def wait(self) -> None:
        """Wait until it is time for the next look, and take in at once what comes into the first folder.

        Raises:
            As `look`.
        """
        due = monotonic() + spread(self.door.account.interval, self.random).total_seconds()
        while (left := due - monotonic()) > 0:
            if self.server.can_idle:
                self._idle(min(left, self.idle_renewal.total_seconds()))
            else:
                self.lease.sleep(left)
            if self._is_something_untold():
                self._exchange()

    def read(self, folder: str) -> None:
        """Take in what is new in one folder."""
        stored = 0
        for count in new_mail(self.server, folder, self.door, self.stumbles[folder]):
            stored += count
            self.lease.keep()
        if stored:
            log.info("mail taken in", account=self.door.account.name, count=stored)

    def verify(self, folder: str) -> None:
        """Compare one folder with what is known of it, and take in what is missing."""
        self.stumbles[folder].forgive(self.door.clock())
        found = compare(self.server, folder, self.door)
        for _ in fetch_missing(self.server, found, self.door, self.stumbles[folder]):
            self.lease.keep()
        note_compared(found, self.door)
        if found.missing:
            log.warning("mail was missing", account=self.door.account.name, count=len(found.missing))

    def _idle(self, seconds: float) -> None:
        """Read the first folder, and stay in it until something comes, is to be told, or the time is over."""
        until = monotonic() + seconds
        looks_again_at = monotonic() + TOLD_AFTER_SECONDS
        self.read(self.door.account.folders[0])
        self.server.begin_idle()
        is_changed = False
        while not is_changed and (left := until - monotonic()) > 0:
            is_changed = self.server.idle(min(left, SLICE_SECONDS))
            self.lease.keep()
            if monotonic() > looks_again_at:
                is_changed = is_changed or self._is_something_untold()
                looks_again_at = monotonic() + TOLD_AFTER_SECONDS
        self.server.end_idle()

    def _exchange(self) -> list[str]:
        """Tell the server what we made of mail, and learn from what was done there; return what does not work."""
        problems = []
        for step in steps(self.server, self.door, self.lease.keep):
            try:
                step()
            except (CommandRefused, FolderNotFound, InvalidAccount, InvalidLabel) as error:
                problems.append(str(error))
            self.lease.keep()
        self._refused = bool(problems)
        return problems

    def _is_something_untold(self) -> bool:
        # What the server refused is tried again with the next look, not every few seconds.
        if self.door.account.write_back is None or self._refused:
            return False
        with self.door.database.reading() as session:
            return is_verdict_untold(session, self.door.account.id)

    def _is_to_be_verified(self, folder: str) -> bool:
        with self.door.database.reading() as session:
            known = folders.folder_of(session, self.door.account.id, folder)
        if known is None:
            return False
        return known.verified_at is None or self.door.clock() - known.verified_at >= VERIFY_EVERY

    def _note(self, problems: list[str]) -> None:
        now = self.door.clock()
        with self.door.database.unit_of_work() as session:
            accounts.note_polled(session, self.door.account.id, now, "; ".join(problems))
