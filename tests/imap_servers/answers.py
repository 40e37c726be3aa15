"""Answers that a test has written for the commands to come."""

from collections import defaultdict, deque


class Answers:
    """None at first; each is given once, in the order in which they were written."""

    def __init__(self) -> None:
        self._lines: dict[str, deque[bytes]] = defaultdict(deque)

    def answer(self, command: str, line: str | bytes, *, times: int = 1) -> None:
        """Answer the next such commands with a line, and do nothing else that they ask for.

        Args:
            line: Comes after the tag, as in `NO [THROTTLED] slow down`; one that begins with `*` comes without a tag,
                and after `* BYE` the connection is closed. `<tag>` further down stands for the tag.
        """
        self._lines[command].extend([line.encode() if isinstance(line, str) else line] * times)

    def answer_to(self, command: str) -> bytes | None:
        """Return the line written for this command, and count it off; `None` when there is none left."""
        waiting = self._lines[command]
        return waiting.popleft() if waiting else None


def tagged(line: bytes, tag: str) -> bytes:
    """Return such a line as it is sent."""
    line = line.replace(b"<tag>", tag.encode())
    return (line if line.startswith(b"*") else tag.encode() + b" " + line) + b"\r\n"


def says_goodbye(line: bytes) -> bool:
    """Say whether the connection is closed after such a line."""
    return line.upper().startswith(b"* BYE")
