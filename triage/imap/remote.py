"""What a mail server says of its folders and messages."""

from dataclasses import dataclass
from datetime import UTC, datetime


@dataclass(frozen=True, slots=True)
class FolderState:
    """What the server says of a folder when it is opened.

    Attributes:
        uid_next: One above the highest UID that is there; a message to come may have a higher one.
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


def moment(told: datetime | None) -> datetime | None:
    """Return an INTERNALDATE in UTC; `None` where the server told none, or one that cannot be."""
    if told is None:
        return None
    try:
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):  # a day away from UTC, or beyond the year 9999 there
        return None
