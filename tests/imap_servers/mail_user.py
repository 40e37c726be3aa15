"""A user of our Dovecot: mail arrives for them, and a test looks at what became of it."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime

from imapclient import IMAPClient

from tests.imap_servers.maildir import Maildir


class MailUser:
    r"""One user; what a test asks is asked over IMAP, on a connection of its own that changes no flag.

    Flags are written as in RFC 3501, `\Seen`; folders by their names as people read them.
    """

    def __init__(
        self, name: str, password: str, maildir: Maildir, *, connect: Callable[[], IMAPClient], restart: Callable
    ) -> None:
        self.name, self.password, self.maildir = name, password, maildir
        self._connect, self._restart = connect, restart

    def deliver(
        self,
        raw: bytes,
        folder: str = "INBOX",
        internal_date: datetime | None = None,
        flags: Iterable[str] = (),
    ) -> None:
        """Deliver a message, into a folder that is made where there is none; it has no UID until the server looks."""
        self.maildir.deliver(raw, folder, internal_date, flags)

    def folders(self) -> list[str]:
        """Return the names of all folders."""
        with self.connection() as client:
            return sorted(name for _, _, name in client.list_folders())

    def uidvalidity(self, folder: str = "INBOX") -> int:
        """Return what the server numbers a folder's mail under."""
        with self.connection() as client:
            return client.folder_status(folder, ["UIDVALIDITY"])[b"UIDVALIDITY"]

    def uids(self, folder: str = "INBOX") -> list[int]:
        """Return the UIDs of a folder, rising."""
        with self._reading(folder) as client:
            return sorted(client.search("ALL"))

    def messages(self, folder: str = "INBOX") -> list[bytes]:
        """Return a folder's mail by rising UID, as every client gets it: each line of it ends in CRLF."""
        with self._reading(folder) as client:
            return [client.fetch([uid], ["BODY.PEEK[]"])[uid][b"BODY[]"] for uid in sorted(client.search("ALL"))]

    def flags(self, folder: str, uid: int) -> frozenset[str]:
        r"""Return the flags of a message, without `\Recent`."""
        with self._reading(folder) as client:
            return frozenset(flag.decode() for flag in client.get_flags([uid])[uid]) - {"\\Recent"}

    def set_flags(self, folder: str, uid: int, flags: Iterable[str]) -> None:
        """Replace a message's flags, as a person does in their mail program."""
        with self._writing(folder) as client:
            client.set_flags([uid], list(flags), silent=True)

    def move(self, folder: str, uid: int, to: str) -> None:
        """Move a message to another folder, as a person does in their mail program."""
        self.maildir.make_folder(to)
        with self._writing(folder) as client:
            client.move([uid], to)

    def expunge(self, folder: str, uid: int) -> None:
        """Delete a message for good."""
        with self._writing(folder) as client:
            client.delete_messages([uid], silent=True)
            client.uid_expunge([uid])

    def bump_uidvalidity(self, folder: str = "INBOX") -> None:
        """Have a folder numbered anew, from 1 and under another UIDVALIDITY; ends every connection to the server."""
        before = self.uidvalidity(folder)
        self._restart(meanwhile=lambda: self.maildir.forget_numbers(folder))
        assert self.uidvalidity(folder) != before

    @contextmanager
    def connection(self) -> Iterator[IMAPClient]:
        """Log in, and log out at the end."""
        with self._connect() as client:
            client.login(self.name, self.password)
            yield client

    @contextmanager
    def _reading(self, folder: str) -> Iterator[IMAPClient]:
        with self.connection() as client:
            client.select_folder(folder, readonly=True)
            yield client

    @contextmanager
    def _writing(self, folder: str) -> Iterator[IMAPClient]:
        with self.connection() as client:
            client.select_folder(folder)
            yield client
