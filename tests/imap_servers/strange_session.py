"""One client of a strange server (RFC 3501, as much of it as reading mail needs)."""

from base64 import b64decode
from collections.abc import Mapping

from tests.imap_servers.answers import says_goodbye, tagged
from tests.imap_servers.commands import Command, command_of
from tests.imap_servers.quirks import Quirks
from tests.imap_servers.record import Record
from tests.imap_servers.strange_fetch import UnknownItem, fetched, items_of
from tests.imap_servers.strange_mail import Folder
from tests.imap_servers.strange_search import UnknownCriterion, found
from tests.imap_servers.strange_wire import Wire, first_word, quoted, words


class Goodbye(Exception):
    """The connection is to be closed."""


class StrangeSession:
    """Answers the commands of one connection.

    Attributes:
        folder: The one that is open.
    """

    def __init__(
        self, number: int, wire: Wire, folders: Mapping[bytes, Folder], record: Record, quirks: Quirks
    ) -> None:
        self._number, self._wire = number, wire
        self._folders, self._record, self._quirks = folders, record, quirks
        self._news: list[bytes] = []
        self._is_idle = False
        self.folder: Folder | None = None

    async def run(self) -> None:
        """Answer until the client leaves, or a quirk ends it."""
        self._wire.send(self._quirks.greeting)
        try:
            while command := await self._heard():
                await self._obey(command)
                await self._wire.drain()
        except Goodbye:
            return

    def tell(self, line: bytes) -> None:
        """Tell the client what happened to its folder: at once in IDLE, else before its next command is completed."""
        self._news.append(line)
        if self._is_idle:
            self._send_news()

    async def _heard(self) -> Command | None:
        line = await self._wire.line()
        if not line:
            return None
        command = command_of(line, self._number)
        self._record.add(command)
        return command

    async def _obey(self, command: Command) -> None:
        written = self._quirks.answer_to(command.name)
        if written is None:
            written = await self._answer(command)
            self._send_news()
        self._wire.send_unended(tagged(written, command.tag))
        if says_goodbye(written) or command.name == "LOGOUT":
            raise Goodbye

    async def _answer(self, command: Command) -> bytes:
        """Do as told, and return the line that completes it."""
        obey = getattr(self, f"_{command.name.lower().replace(' ', '_')}", None)
        if obey is None or (command.name == "IDLE" and "IDLE" not in self._quirks.capabilities):
            return b"BAD unknown command"
        try:
            return await obey(command.arguments) or b"OK " + self._quirks.words
        except (UnknownItem, UnknownCriterion) as error:
            return f"BAD this server does not know {error}".encode()

    async def _capability(self, _: str) -> None:
        self._wire.send(f"* CAPABILITY {' '.join(sorted(self._quirks.capabilities))}".encode())

    async def _noop(self, _: str) -> None:
        """Only say what is new."""

    _check = _noop

    async def _login(self, arguments: str) -> bytes | None:
        match words(arguments):
            case [username, password]:
                self._quirks.logins.append((username.decode(), password.decode()))
                return None
            case _:
                return b"BAD that is no login"

    async def _logout(self, _: str) -> None:
        self._wire.send(b"* BYE until next time")

    async def _authenticate(self, arguments: str) -> None:
        if len(arguments.split()) == 1:
            self._wire.send(b"+ ")
            said = b64decode(await self._wire.line()).decode().split("\0")
            if arguments == "PLAIN":
                self._quirks.logins.append((said[1], said[2]))

    async def _list(self, _: str) -> None:
        for name in self._folders:
            self._wire.send(b'* LIST () "/" ' + quoted(name))

    async def _status(self, arguments: str) -> bytes | None:
        name, _, items = arguments.rpartition(" (")
        folder = self._folders.get(first_word(name))
        if folder is None:
            return b"NO [NONEXISTENT] no such folder"
        said = [f"{item} {number}" for item, number in self._numbers(folder).items() if item in items.upper()]
        self._wire.send(b"* STATUS %s (%s)" % (quoted(first_word(name)), " ".join(said).encode()))
        return None

    async def _examine(self, arguments: str) -> bytes:
        self.folder = self._folders.get(first_word(arguments))
        self._news.clear()
        if self.folder is None:
            return b"NO [NONEXISTENT] no such folder"
        numbers = self._numbers(self.folder)
        self._wire.send(b"* FLAGS (\\Seen \\Answered \\Flagged \\Deleted \\Draft)")
        self._wire.send(b"* %d EXISTS" % numbers.pop("MESSAGES"))
        self._wire.send(b"* 0 RECENT")
        for item, number in numbers.items():
            self._wire.send(f"* OK [{item} {number}] noted".encode())
        return b"OK [READ-ONLY] " + self._quirks.words

    async def _select(self, arguments: str) -> bytes:
        examined = await self._examine(arguments)
        return examined if self._quirks.is_read_only else examined.replace(b"[READ-ONLY]", b"[READ-WRITE]")

    async def _close(self, _: str) -> None:
        self.folder = None

    _unselect = _close

    async def _uid_search(self, arguments: str) -> None:
        uids = found(self._open, arguments)
        self._wire.send(" ".join(["* SEARCH", *map(str, uids)]).encode())

    async def _uid_fetch(self, arguments: str) -> bytes | None:
        numbers, _, asked = arguments.partition(" ")
        for sequence, message in list(self._open.within(numbers)):
            broken = self._quirks.broken | (self._quirks.broken_bodies if "BODY" in asked else set())
            if message.uid in broken:
                return b"NO [SERVERBUG] internal error"
            if message.uid not in self._quirks.unfetchable:
                said = fetched(message, items_of(asked), self._quirks.unsaid, size=self._quirks.size)
                self._send_message(b"* %d FETCH (%s)" % (sequence, said))
                self._wire.send_unended(self._quirks.take_amid_fetch())
                await self._wire.drain()
        return None

    async def _idle(self, _: str) -> None:
        self._wire.send_unended(self._quirks.take_with_idle())
        self._is_idle = True
        self._send_news()
        done = await self._heard()
        self._is_idle = False
        if done is None:
            raise Goodbye

    @property
    def _open(self) -> Folder:
        return self.folder or Folder()

    def _numbers(self, folder: Folder) -> dict[str, int]:
        numbers = {"MESSAGES": len(folder.messages), "UIDVALIDITY": folder.uidvalidity}
        numbers["UIDNEXT"] = folder.uidnext if self._quirks.uidnext is None else self._quirks.uidnext
        return {item: number for item, number in numbers.items() if item not in self._quirks.unsaid}

    def _send_message(self, answer: bytes) -> None:
        missing = self._quirks.take_missing_bytes() if b"BODY[" in answer else 0
        if missing:
            self._wire.send_unended(answer[: -missing - len(b")")])
            raise Goodbye
        self._wire.send(answer)

    def _send_news(self) -> None:
        for line in self._news:
            self._wire.send(line)
        self._news.clear()
