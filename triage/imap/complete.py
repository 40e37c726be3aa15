"""Proving that a folder is read completely: what is there, less what is known, must be nothing."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.imap.cursor import FolderCursor
from triage.imap.door import Door
from triage.imap.fetch import batches
from triage.imap.remote import FolderState
from triage.imap.server import MailServer
from triage.imap.stumbles import Stumbles
from triage.storage import folders


@dataclass(frozen=True, slots=True)
class Comparison:
    """A folder of the server beside what we know of it.

    Attributes:
        wanted: How many messages are there that the account asks for.
        missing: UIDs of those among them that are not known.
    """

    cursor: FolderCursor
    wanted: int
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Completion:
    """A folder before and after what was missing was asked for.

    Attributes:
        stored: How many emails were new to the mailbox.
    """

    before: Comparison
    after: Comparison
    stored: int

    @property
    def still_missing(self) -> tuple[int, ...]:
        """The UIDs that could not be fetched either; what came meanwhile is not among them."""
        return tuple(sorted(set(self.before.missing) & set(self.after.missing)))


def complete(
    server: MailServer,
    folder: str,
    door: Door,
    stumbles: Stumbles,
    *,
    on_stored: Callable[[int], None] = lambda _: None,
) -> Completion:
    """Compare a folder with what is known of it, take in what is missing, and compare again where something was.

    That counts as done when nothing is missing any more. `on_stored` is given how many emails each batch brought, and 0
    after each search.

    Raises:
        FolderNotFound: The server has no such folder.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        TooMuchWaits: The queue takes no more.
        StorageUnavailable: The database does not answer.
    """
    stored = 0
    before = compare(server, folder, door, keep=lambda: on_stored(0))
    for count in fetch_missing(server, before, door, stumbles):
        stored += count
        on_stored(count)
    after = compare(server, folder, door, keep=lambda: on_stored(0)) if before.missing else before
    found = Completion(before, after, stored)
    if not found.still_missing:
        _note_compared(after, door)
    return found


def compare(server: MailServer, folder: str, door: Door, *, keep: Callable[[], None] = lambda: None) -> Comparison:
    """Open a folder and compare all that is there with all that is known; `keep` is called after each search.

    Raises:
        FolderNotFound: The server has no such folder.
        MailServerUnavailable: The server broke off, or asks us to come back later.
        StorageUnavailable: The database does not answer.
    """
    state = server.open(folder)
    cursor = door.cursor(folder, state)
    wanted, missing = 0, list[int]()
    for uids in filter(None, _there(server, state, cursor, door)):
        with door.database.reading() as session:
            known = folders.known_uids(session, cursor.folder_id, uids[0], uids[-1])
        wanted += len(uids)
        missing += [uid for uid in uids if uid not in known]
        keep()
    return Comparison(cursor, wanted, tuple(missing))


def fetch_missing(server: MailServer, found: Comparison, door: Door, stumbles: Stumbles) -> Iterator[int]:
    """Take in what a comparison found missing, in the folder that is open; yield how many were new to the mailbox.

    Stop it at any batch and compare anew.

    Raises:
        MailServerUnavailable: The server broke off, or asks us to come back later.
        TooMuchWaits: The queue takes no more.
        StorageUnavailable: The database does not answer.
    """
    stumbles.begin(found.cursor.uidvalidity)
    for mail in batches(server, found.missing, stumbles):
        yield door.take(found.cursor, mail)


def _note_compared(found: Comparison, door: Door) -> None:
    """Write down that a folder was compared, so that it is not compared again before its time."""
    with door.database.unit_of_work() as session:
        folders.note_verified(session, found.cursor.folder_id, door.clock())


def _there(server: MailServer, state: FolderState, cursor: FolderCursor, door: Door) -> Iterator[list[int]]:
    """Yield the UIDs that are there and wanted."""
    since = door.account.since
    if since is not None and cursor.first_uid > 1:
        yield _since(server, since, cursor.first_uid - 1)
    yield from server.uid_ranges(cursor.first_uid if since is not None else 1, state.uid_next - 1)


def _since(server: MailServer, since: datetime, last_uid: int) -> list[int]:
    """Return the UIDs up to `last_uid` that came to the server at that moment or later, in their order."""
    # Servers compare days, each in a time zone of its own (RFC 9051 §6.4.4): near the day the time itself is asked for.
    asked = server.uids_since(since.date() - timedelta(days=1), last_uid)
    surely = set(server.uids_since(since.date() + timedelta(days=2), last_uid)) if asked else set()
    came = server.received([uid for uid in asked if uid not in surely])
    # What has no time that can be is taken in rather than lost; what is gone has none either, and is not missed.
    return [uid for uid in asked if uid in surely or (uid in came and (came[uid] or since) >= since)]
