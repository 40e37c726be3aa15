"""Verifying an account: all that its server has, less all that is known, must be nothing."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Lock

from triage.errors import AlreadyVerifying, CommandRefused, FolderNotFound
from triage.imap.complete import complete
from triage.imap.connection import MailServer
from triage.imap.door import Door
from triage.imap.login import Shown, log_in
from triage.imap.poll import new_mail
from triage.imap.stumbles import Stumbles


@dataclass(frozen=True, slots=True)
class Verified:
    """What verifying a folder found.

    Attributes:
        messages: How many messages are there that the account asks for.
        was_missing: UIDs that were not known, though the folder had been read beyond them.
        still_missing: UIDs of those among them that could not be fetched either.
        stored: How many emails were new to the mailbox.
        problem: One sentence that says why the folder could not be compared; empty when it was.
    """

    folder: str
    messages: int
    was_missing: tuple[int, ...]
    still_missing: tuple[int, ...]
    stored: int
    problem: str = ""


class Verifying:
    """The accounts that this process verifies just now, none of them twice at once; safe to share between threads."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._lock = Lock()

    @contextmanager
    def alone(self, name: str) -> Iterator[None]:
        """Be the one who verifies an account.

        Raises:
            AlreadyVerifying: Somebody does.
        """
        with self._lock:
            if name in self._names:
                raise AlreadyVerifying(name)
            self._names.add(name)
        try:
            yield
        finally:
            self._names.discard(name)


def verify(door: Door, shown: Shown, *, on_stored: Callable[[int], None] = lambda _: None) -> Iterator[Verified]:
    """Read each folder to its end, compare it with what is known, and take in what is missing; yield what was found.

    May run while the account is polled: what both find is stored once. A folder that is not opened keeps none of the
    others from being compared.

    Args:
        door: The account, and where its mail goes.
        shown: What its server is shown.
        on_stored: Told after each batch how many emails were new.

    Raises:
        LoginRefused: The server does not let us in.
        MailServerUnavailable: It broke off, or asks us to come back later; what was fetched until then stays.
        TooMuchWaits: The queue takes no more.
        StorageUnavailable: The database does not answer.
    """
    with _connected(door, shown) as server:
        for folder in door.account.folders:
            try:
                yield _verify(server, folder, door, on_stored)
            except (FolderNotFound, CommandRefused) as error:
                yield Verified(folder, 0, (), (), 0, problem=str(error))


def _verify(server: MailServer, folder: str, door: Door, on_stored: Callable[[int], None]) -> Verified:
    stumbles, stored = Stumbles(), 0
    for count in new_mail(server, folder, door, stumbles):
        stored += count
        on_stored(count)
    found = complete(server, folder, door, stumbles, on_stored=on_stored)
    return Verified(folder, found.after.wanted, found.before.missing, found.still_missing, stored + found.stored)


@contextmanager
def _connected(door: Door, shown: Shown) -> Iterator[MailServer]:
    server = log_in(door.account, shown)
    try:
        yield server
    finally:
        server.close()
