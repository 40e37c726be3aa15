"""One connection to an account: look into all folders, wait for more, and again, until something ends it."""

from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random
from time import monotonic

import structlog

from triage import tracing
from triage.errors import CommandRefused, FolderNotFound, InvalidAccount, InvalidLabel
from triage.imap.complete import complete
from triage.imap.connection import MailServer
from triage.imap.door import Door
from triage.imap.exchange import steps
from triage.imap.lease import Lease
from triage.imap.patience import spread
from triage.imap.poll import new_mail
from triage.imap.stumbles import Stumbles
from triage.imap.telling import note_polled
from triage.origin import Origin, coming_from, new_request_id
from triage.storage import accounts, folders
from triage.storage.written import is_verdict_untold

log = structlog.get_logger(__name__)

SLICE_SECONDS = 1.0
# A verdict comes a moment after its mail; so much later, while nothing else happens, the server is told.
TOLD_AFTER_SECONDS = 5.0
VERIFY_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Left:
    """What a verification found missing and could not fetch.

    Attributes:
        at: When that was; a day later it is tried again, or as soon as another process begins.
    """

    uidvalidity: int
    messages: int
    at: datetime


@dataclass(slots=True)
class Visit:
    """What one connection works with.

    Attributes:
        stumbles: By folder; outlives the connection.
        left: By folder; outlives the connection too.
        idle_renewal: How long one IDLE lasts. Servers end longer ones, and routers forget them (RFC 2177).
    """

    server: MailServer
    door: Door
    lease: Lease
    stumbles: Mapping[str, Stumbles]
    left: MutableMapping[str, Left]
    idle_renewal: timedelta
    random: Random
    _refused: bool = False
    _unread: set[str] = field(default_factory=set)
    _is_problem_over: bool = False

    def look(self) -> None:
        """Read all folders to their end, and note how that went. One that is not opened is no hindrance to others.

        Raises:
            CommandRefused: No folder is opened, or one is and what is asked of it then is refused: a new connection,
                or what was learned of its messages, may cure that.
            MailServerUnavailable: The server broke off, or asks us to come back later.
            TooMuchWaits: The queue takes no more.
            StorageUnavailable: The database does not answer.
            Ended: We are to stop, or another polls the account.
        """
        problems, curable, hopeless = list[str](), list[CommandRefused](), list[CommandRefused]()
        self._unread.clear()
        for folder in self.door.account.folders:
            try:
                self._read_and_verify(folder)
            except FolderNotFound as error:
                self._unread.add(folder)
                problems.append(str(error))
            except CommandRefused as error:
                self._unread.add(folder)
                problems.append(f"{folder}: {error}")
                (curable if self._is_opened(folder) else hopeless).append(error)
            problems += self._passed_over(folder)
        problems += self._exchange()
        if self._unread == set(self.door.account.folders):
            curable += hopeless
        if curable:
            raise curable[0]
        self._note(problems)

    def wait(self) -> None:
        """Wait until it is time for the next look, and take in at once what comes into the first folder.

        Raises:
            As `look`.
        """
        due = monotonic() + spread(self.door.account.interval, self.random).total_seconds()
        while (left := due - monotonic()) > 0:
            if self.server.can_idle and self.door.account.folders[0] not in self._unread:
                self._idle(min(left, self.idle_renewal.total_seconds()))
            else:
                self.lease.sleep(left)
            if self._is_something_untold():
                self._exchange()

    def read(self, folder: str) -> None:
        """Take in what is new in one folder."""
        stored = 0
        # A name for this look, as a request has one: it goes with the mail to the worker that reads it.
        with coming_from(Origin(new_request_id())), tracing.span("poll", attributes=self._named()) as span:
            for count in new_mail(self.server, folder, self.door, self.stumbles[folder]):
                stored += count
                if count:
                    self._end_problem()
                self.lease.keep()
            span.note({"triage.emails": stored})
            if stored:
                log.info("mail taken in", account=self.door.account.name, count=stored)

    def verify(self, folder: str) -> None:
        """Compare one folder with what is known of it, and take in what is missing.

        That counts as done when nothing is missing afterwards; what still is stands in `left`.
        """
        self.stumbles[folder].forgive(self.door.clock())
        stumbles = self.stumbles[folder]
        found = complete(self.server, folder, self.door, stumbles, on_stored=lambda _: self.lease.keep())
        if still := found.still_missing:
            self.left[folder] = Left(found.after.cursor.uidvalidity, len(still), self.door.clock())
        else:
            self.left.pop(folder, None)
        if missing := found.before.missing:
            log.warning("mail was missing", account=self.door.account.name, count=len(missing))

    def _read_and_verify(self, folder: str) -> None:
        self.read(folder)
        if self._is_to_be_verified(folder):
            self.verify(folder)

    def _named(self) -> tracing.Attributes:
        # Not by its name or its folder: people call both as they like, by an address often.
        return {"triage.account_id": self.door.account.id}

    def _is_opened(self, folder: str) -> bool:
        """Say whether a folder, of which something was refused, can at least be opened."""
        try:
            self.server.open(folder)
        except (FolderNotFound, CommandRefused):
            return False
        return True

    def _passed_over(self, folder: str) -> list[str]:
        """Return what is to be said of messages that cannot be fetched."""
        left = self.left.get(folder)
        count = max(self.stumbles[folder].passed_over(), 0 if left is None else left.messages)
        if not count:
            return []
        sentence = f"{count:,} messages in {folder} cannot be fetched and were passed over"
        return [f"{sentence}; they are asked for again once a day"]

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
        left, now = self.left.get(folder), self.door.clock()
        if left is not None and left.uidvalidity == known.uidvalidity:
            return abs(now - left.at) >= VERIFY_EVERY
        # One from the future was before the clock was set back.
        return known.verified_at is None or abs(now - known.verified_at) >= VERIFY_EVERY

    def _end_problem(self) -> None:
        """Take back what stood in the way of the connection before this one, now that mail comes in."""
        if not self._is_problem_over:
            self._is_problem_over = True
            with self.door.database.unit_of_work() as session:
                accounts.end_problem(session, self.door.account.id)

    def _note(self, problems: list[str]) -> None:
        self._is_problem_over = True
        now = self.door.clock()
        with self.door.database.unit_of_work() as session:
            note_polled(session, self.door.account.id, now, "; ".join(problems))
