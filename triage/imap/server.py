"""A mail server that let us in, with only those commands that Triage needs.

What is read is read hands off: folders are opened by EXAMINE and messages fetched by BODY.PEEK, so no flag changes and
nobody sees that we were there (RFC 9051 §6.3.3, §6.4.5). Only `open_to_write` and what follows it change anything.

Whatever goes wrong becomes one of our errors here. After `MailServerUnavailable` the connection is of no more use.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from time import monotonic
from typing import Any

from imapclient.exceptions import IMAPClientError

from triage.errors import CommandRefused, MailServerUnavailable
from triage.imap.account import ImapAccount
from triage.imap.client import Client
from triage.imap.remote import Fetched, FolderState, moment
from triage.imap.translation import translated
from triage.imap.uid_sets import uid_sets

# imaplib refuses lines above a million bytes, and a UID takes up to eleven: what is asked for stays well below.
UIDS_A_SEARCH = 50_000


class MailServer:
    """A server that let us in."""

    def __init__(self, client: Client, account: ImapAccount) -> None:
        self._client, self._account = client, account
        self._messages = self._highest_uid = 0
        self._has_news = False

    @property
    def can_idle(self) -> bool:
        """Say whether the server tells of new mail by itself (RFC 2177)."""
        return bool(self._client.has_capability("IDLE"))

    @property
    def can_move(self) -> bool:
        """Say whether the server moves messages in one step (RFC 6851)."""
        return bool(self._client.has_capability("MOVE"))

    def folders(self) -> list[str]:
        """Return the names of the folders that can be opened."""
        with self._speaking():
            return sorted(self._client.folder_names())

    def open(self, folder: str) -> FolderState:
        """Open a folder to read.

        Raises:
            FolderNotFound: There is none of this name.
        """
        return self._select(folder, readonly=True)

    def open_to_write(self, folder: str) -> FolderState:
        """Open a folder to set keywords there, or to move messages out of it.

        Raises:
            FolderNotFound: There is none of this name.
        """
        return self._select(folder, readonly=False)

    def uid_ranges(self, first: int, last: int, *criteria: Any) -> Iterator[list[int]]:
        """Yield the UIDs in the open folder from `first` to `last` that there are, in their order, search by search.

        Args:
            first: Where to begin.
            last: Where to end.
            criteria: What else the messages are to meet, in the words of SEARCH.
        """
        # A folder of few messages, however far apart, is searched at once.
        width = UIDS_A_SEARCH if self._messages > UIDS_A_SEARCH else max(last - first + 1, 1)
        for begin in range(first, last + 1, width):
            end = min(begin + width - 1, last)
            yield [uid for uid in self._search("UID", f"{begin}:{end}", *criteria) if begin <= uid <= end]

    def uids(self, first: int, last: int) -> list[int]:
        """Return the UIDs in the open folder from `first` to `last` that there are, in their order."""
        return [uid for uids in self.uid_ranges(first, last) for uid in uids]

    def uids_flagged(self, flag: str) -> list[int]:
        r"""Return the UIDs in the open folder that have a flag, `\Flagged`, or a keyword."""
        criteria = ("FLAGGED",) if flag.lower() == "\\flagged" else ("KEYWORD", flag)
        return [uid for uids in self.uid_ranges(1, self._highest_uid, *criteria) for uid in uids]

    def uids_since(self, day: date, last: int) -> list[int]:
        """Return the UIDs up to `last` that came to the server on this day or later, in their order."""
        return [uid for uids in self.uid_ranges(1, last, "SINCE", day) for uid in uids]

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return how many bytes each message has; those that are gone are left out."""
        answered = self._fetched(uids, ["RFC822.SIZE"])
        return {uid: int(data.get(b"RFC822.SIZE") or 0) for uid, data in answered.items()}

    def received(self, uids: Sequence[int]) -> dict[int, datetime | None]:
        """Return when messages came to the server; those that are gone are left out."""
        answered = self._fetched(uids, ["INTERNALDATE"])
        return {uid: moment(data.get(b"INTERNALDATE")) for uid, data in answered.items()}

    def messages(self, uids: Sequence[int]) -> list[Fetched]:
        """Return messages in the order of UIDs; those that are gone are left out."""
        return self._fetch(uids, "BODY.PEEK[]", b"BODY[]")

    def beginning(self, uid: int, most_bytes: int) -> Fetched | None:
        """Return a message cut after so many bytes; `None` when it is gone."""
        return next(iter(self._fetch([uid], f"BODY.PEEK[]<0.{most_bytes}>", b"BODY[]<0>")), None)

    def is_longer(self, uid: int, size_bytes: int) -> bool:
        """Say whether a message has more bytes than so many, whatever its size is said to be."""
        try:
            answered = self._fetched([uid], [f"BODY.PEEK[]<{size_bytes}.1>"])
        except CommandRefused:  # the server knows no parts of messages
            return False
        return bool(answered.get(uid, {}).get(f"BODY[]<{size_bytes}>".encode()))

    def message_ids(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the header field Message-ID of messages, as it stands there; those that are gone are left out."""
        answered = self._fetched(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        field = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
        return {uid: bytes(data.get(field) or b"").partition(b":")[2].strip() for uid, data in answered.items()}

    def begin_idle(self) -> None:
        """Ask the server to tell of new mail in the open folder."""
        with self._speaking():
            self._client.idle()
        # Of what came since the folder was opened, beside the answer to anything, it does not tell again.
        self._has_news = self._client.take_news()

    def idle(self, seconds: float) -> bool:
        """Wait at most so long, and say whether to look; whether mail is new is not known."""
        if self._has_news:
            self._has_news = False
            return True
        began = monotonic()
        with self._speaking():
            said = self._client.idle_check(timeout=seconds)
        if not said and monotonic() - began < seconds / 2:
            # Nothing was said, and yet the wait is over: the server may have closed the connection, of which IMAPClient
            # says nothing here. The next command will.
            return True
        if any(line and line[0] in (b"BYE", "BYE") for line in said):
            raise MailServerUnavailable(f"{self._account.host} has ended the connection; it is made anew")
        return any(len(line) > 1 and line[1] in (b"EXISTS", b"RECENT", b"EXPUNGE") for line in said)

    def end_idle(self) -> bool:
        """Return to commands, and say whether anything changed meanwhile."""
        with self._speaking():
            _, said = self._client.idle_done()
        return any(len(line) > 1 and line[1] in (b"EXISTS", b"RECENT", b"EXPUNGE") for line in said)

    def change_keywords(self, uids: Sequence[int], *, add: Sequence[str], remove: Sequence[str]) -> None:
        """Set keywords on messages of the folder open to write, and take others off; what is gone stays gone.

        Safe to repeat.
        """
        for uid_set, _ in uid_sets(sorted(uids)):
            with self._speaking():
                if remove:
                    self._client.remove_flags(uid_set, remove, silent=True)
                if add:
                    self._client.add_flags(uid_set, add, silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages from the folder open to write to another, which is made where it is missing.

        Safe to repeat: those that are gone from here are passed over.
        """
        with self._speaking():
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            for uid_set, _ in uid_sets(sorted(uids)):
                self._client.move(uid_set, folder)

    def close(self) -> None:
        """Say goodbye if that is still possible; never fails."""
        try:
            self._client.logout()
        except (IMAPClientError, OSError, ValueError, AttributeError):
            self.abandon()

    def abandon(self) -> None:
        """Close the connection without a word; never fails."""
        try:
            self._client.shutdown()
        except (IMAPClientError, OSError, ValueError, AttributeError):
            return

    def _select(self, folder: str, *, readonly: bool) -> FolderState:
        with self._speaking(folder):
            said = self._client.select_folder(folder, readonly=readonly)
        self._client.take_news()
        self._messages = int(said.get(b"EXISTS") or 0)
        # What is there counts, not the UIDNEXT that is told: some servers tell none, or one below or far above it.
        self._highest_uid = max(self._search("UID", "*"), default=0) if self._messages else 0
        return FolderState(
            # A server without UIDVALIDITY keeps its UIDs, or is none that can be read completely (RFC 9051 §2.3.1.1).
            uidvalidity=int(said.get(b"UIDVALIDITY") or 0),
            uid_next=self._highest_uid + 1,
            messages=self._messages,
        )

    def _search(self, *criteria: Any) -> list[int]:
        with self._speaking():
            return sorted(int(uid) for uid in self._client.search(list(criteria)))

    def _fetch(self, uids: Sequence[int], item: str, answered: bytes) -> list[Fetched]:
        found = self._fetched(uids, ["INTERNALDATE", item])
        return [
            Fetched(uid, bytes(data[answered]), moment(data.get(b"INTERNALDATE")))
            for uid, data in sorted(found.items())
            # Untagged answers may tell of flags alone; NIL is what a server says of a message that is going.
            if data.get(answered) is not None
        ]

    def _fetched(self, uids: Sequence[int], items: Sequence[str]) -> dict[int, dict[bytes, Any]]:
        """Return items of messages by UID; those that are gone are left out, and so are those not asked for."""
        found: dict[int, dict[bytes, Any]] = {}
        for uid_set, named in uid_sets(sorted(uids)):
            with self._speaking():
                try:
                    told = self._client.fetch_set(uid_set, items)
                except OverflowError:  # the library cannot count the years or the minutes of a date among these
                    told = self._client.fetch_set(uid_set, [item for item in items if item != "INTERNALDATE"])
            found |= {uid: told[uid] for uid in named if uid in told}
        return found

    @contextmanager
    def _speaking(self, folder: str | None = None) -> Iterator[None]:
        """Make what a server or the network says no with into an error of ours."""
        with translated(self._account.host, folder):
            yield
