"""An IMAP server of ours, for what Dovecot cannot be made to do."""

import asyncio

from tests.imap_servers.loopback import LoopbackServer
from tests.imap_servers.quirks import Quirks
from tests.imap_servers.record import Record
from tests.imap_servers.strange_mail import ORDINARY_DATE, Folder, Stored
from tests.imap_servers.strange_session import StrangeSession
from tests.imap_servers.strange_wire import Wire


class StrangeServer(LoopbackServer):
    """Lets everybody in by any password, to the same mail; no TLS; reads only.

    Attributes:
        folders: Its folders by name, in the bytes in which the name is sent; a test adds and changes them as it likes.
        record: The commands that clients sent.
        quirks: How it is strange from now on.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folders = {b"INBOX": Folder()}
        self.record, self.quirks = Record(), Quirks()
        self._sessions: set[StrangeSession] = set()

    @property
    def inbox(self) -> Folder:
        """The folder that every account has."""
        return self.folders[b"INBOX"]

    def deliver(
        self, raw: bytes, folder: bytes = b"INBOX", *, uid: int | None = None, internal_date: str = ORDINARY_DATE
    ) -> int:
        """Put a message into a folder, tell who has it open, and return its UID."""
        into = self.folders.setdefault(folder, Folder())
        stored = Stored(uid or into.uidnext, raw, internal_date)

        async def deliver() -> None:
            into.messages.append(stored)
            self._tell(into, b"* %d EXISTS" % len(into.messages))

        self._do(deliver)
        return stored.uid

    def expunge(self, uid: int, folder: bytes = b"INBOX") -> None:
        """Remove a message, and tell who has its folder open."""
        out_of = self.folders[folder]

        async def expunge() -> None:
            ((sequence, message),) = out_of.within(str(uid))
            out_of.messages.remove(message)
            self._tell(out_of, b"* %d EXPUNGE" % sequence)

        self._do(expunge)

    async def converse(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one client until it leaves."""
        session = StrangeSession(self.connections, Wire(reader, writer), self.folders, self.record, self.quirks)
        self._sessions.add(session)
        try:
            await session.run()
        finally:
            self._sessions.discard(session)

    def _tell(self, folder: Folder, line: bytes) -> None:
        for session in self._sessions:
            if session.folder is folder:
                session.tell(line)
