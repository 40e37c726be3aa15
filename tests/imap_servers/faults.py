"""How a proxy is to misbehave; set by the test, obeyed by every connection."""

from collections import deque

from tests.imap_servers.answers import Answers


class Faults(Answers):
    """None at first; what a command is answered with is kept from the server.

    Attributes:
        delay_seconds: How long each line of the server is held back.
        is_silent: Whether nothing is passed on, though every connection stays open.
    """

    def __init__(self) -> None:
        super().__init__()
        self.delay_seconds = 0.0
        self.is_silent = False
        self._silent_after = ""
        self._cuts: deque[int] = deque()

    def black_hole(self, *, after: str = "") -> None:
        """Say nothing more and keep every connection open.

        Args:
            after: The command whose answer is the last thing that a connection gets, of it only the first line; without
                it every connection is silent at once, and new ones get not even a greeting.
        """
        self._silent_after, self.is_silent = after, not after

    def heal(self) -> None:
        """Take back the black hole; connections that it has swallowed something of stay silent."""
        self._silent_after, self.is_silent = "", False

    def cut_literal(self, *, after_bytes: int, times: int = 1) -> None:
        """Close the connection when so much of the server's next longer literal has been passed on."""
        self._cuts.extend([after_bytes] * times)

    def cut_of(self, literal_bytes: int) -> int | None:
        """Return how much of such a literal is passed on before the connection is closed, and count it off."""
        if self._cuts and self._cuts[0] < literal_bytes:
            return self._cuts.popleft()
        return None

    def silence_begins(self, command: str) -> bool:
        """Say whether the answer to this command is the last thing that its connection gets."""
        return bool(self._silent_after) and command == self._silent_after
