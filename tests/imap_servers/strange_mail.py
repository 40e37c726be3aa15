"""What a strange server holds: folders of messages, in memory."""

from collections.abc import Iterator
from dataclasses import dataclass, field

ORDINARY_DATE = "02-Mar-2026 10:00:00 +0000"


@dataclass(slots=True)
class Stored:
    """A message.

    Attributes:
        internal_date: As it is written in the answer to FETCH, however absurd; when empty, it is left out.
        flags: As they are written there, separated by blanks.
    """

    uid: int
    raw: bytes
    internal_date: str = ORDINARY_DATE
    flags: str = ""


@dataclass(slots=True)
class Folder:
    """A folder; its messages stand in the order of their sequence numbers."""

    uidvalidity: int = 1
    messages: list[Stored] = field(default_factory=list)

    @property
    def uidnext(self) -> int:
        """One more than the highest UID here."""
        return max((message.uid for message in self.messages), default=0) + 1

    def within(self, numbers: str) -> Iterator[tuple[int, Stored]]:
        """Yield sequence number and message of each UID in a set such as `1,5:7,9:*`."""
        last = self.uidnext - 1
        ranges = [_ends(part, last) for part in numbers.split(",")]
        for sequence, message in enumerate(self.messages, 1):
            if any(low <= message.uid <= high for low, high in ranges):
                yield sequence, message


def _ends(part: str, last: int) -> tuple[int, int]:
    """Return the ends of a range; `9:*` has the last message, even when its UID is 4 (RFC 3501 §6.4.8)."""
    ends = [last if end == "*" else int(end) for end in part.split(":")]
    return min(ends), max(ends)
