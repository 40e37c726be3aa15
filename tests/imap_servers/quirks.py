"""How a strange server is strange; set by the test, obeyed by every connection."""

from collections.abc import Callable

from tests.imap_servers.answers import Answers


def _nothing() -> None:
    """Happens when nothing shall."""


class Quirks(Answers):
    """None at first.

    Attributes:
        greeting: The first line of every connection.
        capabilities: What it says that it can do; without `IDLE` it refuses that command.
        unsaid: What it never says, though it should: `UIDNEXT`, `UIDVALIDITY`, `INTERNALDATE`, `RFC822.SIZE`.
        unfetchable: UIDs that SEARCH names and FETCH never returns.
        broken: UIDs for which FETCH is refused, though the connection stays.
        broken_bodies: UIDs for which it is refused only when their texts are asked for.
        is_read_only: Whether SELECT opens a folder to read only.
        uidnext: What it says instead of the UIDNEXT that is true.
        size: What it says instead of each RFC822.SIZE that is true.
        on_idle: Called when IDLE is asked for, once, and told to nobody.
        with_idle: Lines that come in one packet with the next `+ idling`, before it and after it.
        missing_bytes: How much of the next message that is fetched is held back, after which the connection is closed.
        amid_fetch: Lines that come after the first message of the next FETCH, as `* 1 EXPUNGE`.
        logins: User and password of each login so far.
        words: What every success is called, in any bytes.
    """

    def __init__(self) -> None:
        super().__init__()
        self.greeting = b"* OK ready"
        self.capabilities = {"IMAP4rev1", "IDLE", "AUTH=PLAIN", "AUTH=XOAUTH2"}
        self.unsaid: set[str] = set()
        self.unfetchable: set[int] = set()
        self.broken: set[int] = set()
        self.broken_bodies: set[int] = set()
        self.is_read_only = False
        self.uidnext: int | None = None
        self.size: int | None = None
        self.on_idle: Callable[[], object] = _nothing
        self.with_idle: tuple[list[bytes], list[bytes]] = ([], [])
        self.missing_bytes = 0
        self.amid_fetch: list[bytes] = []
        self.words = b"done"
        self.logins: list[tuple[str, str]] = []

    def take_missing_bytes(self) -> int:
        """Return how much is held back of a message, and do so once."""
        taken, self.missing_bytes = self.missing_bytes, 0
        return taken

    def take_with_idle(self) -> bytes:
        """Return what answers IDLE, with what comes before and after it; the latter two do so once."""
        on_idle, self.on_idle = self.on_idle, _nothing
        on_idle()
        (before, after), self.with_idle = self.with_idle, ([], [])
        return b"".join(line + b"\r\n" for line in [*before, b"+ idling", *after])

    def take_amid_fetch(self) -> bytes:
        """Return what comes after the first message, and do so once."""
        taken, self.amid_fetch = self.amid_fetch, []
        return b"".join(line + b"\r\n" for line in taken)
