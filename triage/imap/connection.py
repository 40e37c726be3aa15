"""A connection to an IMAP server, with only those commands that Triage needs.

What is read is read hands off: folders are opened by EXAMINE and messages fetched by BODY.PEEK, so no flag changes and
nobody sees that we were there (RFC 9051 §6.3.3, §6.4.5). Only `open_to_write` and what follows it change anything.

Whatever goes wrong becomes one of our errors here. After `MailServerUnavailable` the connection is of no more use.
"""

import select
import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from time import monotonic
from typing import Any

from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import IMAPClientAbortError, IMAPClientError, LoginError

from triage.errors import FolderNotFound, MailServerUnavailable
from triage.imap.account import AccessToken, Credentials, ImapAccount, Security
from triage.imap.answers import is_about_folder, is_about_login, network_error, refusal

CONNECT_SECONDS, ANSWER_SECONDS = 15.0, 60.0
# imaplib refuses lines above a million bytes, and a UID takes up to eleven: what is asked for stays well below.
UIDS_A_SEARCH = 50_000


@dataclass(frozen=True, slots=True)
class FolderState:
    """What the server says of a folder when it is opened.

    Attributes:
        uid_next: Above every UID that is there.
        messages: How many are there.
    """

    uidvalidity: int
    uid_next: int
    messages: int


@dataclass(frozen=True, slots=True)
class Fetched:
    """A message as the server keeps it.

    Attributes:
        received_at: When it came there; `None` when the server gives no time that can be.
    """

    uid: int
    raw: bytes
    received_at: datetime | None


class _Client(IMAPClient):
    def _poll_socket(self, sock: Any, timeout: float | None = None) -> Any:
        # What came together with an earlier line waits in a buffer, of which poll(2) knows nothing.
        try:
            if self._imap.file.peek(1):
                return [(sock.fileno(), select.POLLIN)]
        except OSError:  # TLS says so when there is nothing
            pass
        return super()._poll_socket(sock, timeout)


class MailServer:
    """A server that let us in."""

    def __init__(self, client: IMAPClient, account: ImapAccount) -> None:
        self._client, self._account = client, account

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
            listed = self._client.list_folders()
        return sorted(str(name) for flags, _, name in listed if b"\\Noselect" not in flags)

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

    def uids(self, first: int, last: int) -> list[int]:
        """Return the UIDs in the open folder from `first` to `last` that there are, in their order."""
        return [uid for uid in self._search("UID", f"{first}:{last}") if first <= uid <= last]

    def uids_since(self, day: date) -> list[int]:
        """Return the UIDs in the open folder that came to the server on this day or later, in their order."""
        return self._search("SINCE", day)

    def uids_flagged(self, flag: str) -> list[int]:
        r"""Return the UIDs in the open folder that have a flag, `\Flagged`, or a keyword."""
        return self._search(*(("FLAGGED",) if flag.lower() == "\\flagged" else ("KEYWORD", flag)))

    def sizes(self, uids: Sequence[int]) -> dict[int, int]:
        """Return how many bytes each message has; those that are gone are left out."""
        with self._speaking():
            answered = self._client.fetch(uids, ["RFC822.SIZE"])
        return {uid: int(data.get(b"RFC822.SIZE") or 0) for uid, data in answered.items()}

    def messages(self, uids: Sequence[int]) -> list[Fetched]:
        """Return messages in the order of UIDs; those that are gone are left out."""
        return self._fetch(uids, "BODY.PEEK[]", b"BODY[]")

    def beginning(self, uid: int, most_bytes: int) -> Fetched | None:
        """Return a message cut after so many bytes; `None` when it is gone."""
        return next(iter(self._fetch([uid], f"BODY.PEEK[]<0.{most_bytes}>", b"BODY[]<0>")), None)

    def message_ids(self, uids: Sequence[int]) -> dict[int, bytes]:
        """Return the header field Message-ID of messages, as it stands there; those that are gone are left out."""
        with self._speaking():
            answered = self._client.fetch(uids, ["BODY.PEEK[HEADER.FIELDS (MESSAGE-ID)]"])
        field = b"BODY[HEADER.FIELDS (MESSAGE-ID)]"
        return {uid: bytes(data.get(field) or b"").partition(b":")[2].strip() for uid, data in answered.items()}

    def begin_idle(self) -> None:
        """Ask the server to tell of new mail in the open folder."""
        with self._speaking():
            self._client.idle()

    def idle(self, seconds: float) -> bool:
        """Wait at most so long, and say whether to look; whether mail is new is not known."""
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
        with self._speaking():
            if remove:
                self._client.remove_flags(uids, remove, silent=True)
            if add:
                self._client.add_flags(uids, add, silent=True)

    def move(self, uids: Sequence[int], folder: str) -> None:
        """Move messages from the folder open to write to another, which is made where it is missing.

        Safe to repeat: those that are gone from here are passed over.
        """
        with self._speaking():
            if not self._client.folder_exists(folder):
                self._client.create_folder(folder)
            self._client.move(uids, folder)

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
        uid_next = said.get(b"UIDNEXT")
        return FolderState(
            # A server without UIDVALIDITY keeps its UIDs, or is none that can be read completely (RFC 9051 §2.3.1.1).
            uidvalidity=int(said.get(b"UIDVALIDITY") or 0),
            uid_next=int(uid_next) if uid_next else max(self._search("UID", "*"), default=0) + 1,
            messages=int(said.get(b"EXISTS") or 0),
        )

    def _search(self, *criteria: Any) -> list[int]:
        with self._speaking():
            return sorted(int(uid) for uid in self._client.search(list(criteria)))

    def _fetch(self, uids: Sequence[int], item: str, answered: bytes) -> list[Fetched]:
        with self._speaking():
            found = self._client.fetch(uids, ["INTERNALDATE", item])
        return [
            Fetched(uid, bytes(data[answered]), _moment(data.get(b"INTERNALDATE")))
            for uid, data in sorted(found.items())
            # Untagged answers may tell of flags alone; NIL is what a server says of a message that is going.
            if data.get(answered) is not None
        ]

    @contextmanager
    def _speaking(self, folder: str | None = None) -> Iterator[None]:
        """Make what a server or the network says no with into an error of ours."""
        with translated(self._account.host, folder):
            yield


def connect(
    account: ImapAccount,
    credentials: Credentials,
    *,
    context: ssl.SSLContext | None = None,
    answer_seconds: float = ANSWER_SECONDS,
) -> MailServer:
    """Connect and log in.

    Raises:
        LoginRefused: The server does not take the password or the token.
        MailServerBusy: It asks us to come back later.
        MailServerUnavailable: It cannot be reached, breaks off, or its certificate is not to be trusted.
    """
    with translated(account.host):
        client = _Client(
            account.host,
            account.port,
            ssl=account.security is Security.TLS,
            ssl_context=context or ssl.create_default_context(),
            timeout=SocketTimeout(connect=CONNECT_SECONDS, read=answer_seconds),
        )
    client.normalise_times = False
    try:
        with translated(account.host):
            if account.security is Security.STARTTLS:
                client.starttls(context or ssl.create_default_context())
            if isinstance(credentials, AccessToken):
                client.oauth2_login(account.username, credentials.text)
            elif (account.username + credentials.text).isascii():
                client.login(account.username, credentials.text)
            else:
                # The command LOGIN knows ASCII alone (RFC 9051 §9), PLAIN any text (RFC 4616).
                client.plain_login(account.username, credentials.text)
            # What a server can do after the login is often more than before.
            client.capabilities()
    except BaseException:
        MailServer(client, account).abandon()
        raise
    return MailServer(client, account)


@contextmanager
def translated(host: str, folder: str | None = None) -> Iterator[None]:
    """Make what a server or the network says no with into an error of ours."""
    try:
        yield
    except LoginError as error:
        raise refusal(host, str(error), at_login=True) from None  # its cause quotes the login
    except IMAPClientAbortError as error:
        if is_about_login(str(error)):
            raise refusal(host, str(error), at_login=True) from None
        raise MailServerUnavailable(f"{host} broke off; the connection is made anew") from error
    except IMAPClientError as error:
        if folder is not None and is_about_folder(str(error)):
            raise FolderNotFound(
                f"the mail server has no folder {folder}; `triage accounts test` shows which it has"
            ) from error
        raise refusal(host, str(error)) from error
    except OSError as error:
        raise network_error(host, error) from error


def _moment(told: datetime | None) -> datetime | None:
    if told is None:
        return None
    return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
