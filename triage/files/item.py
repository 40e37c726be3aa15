"""One mail found in a file."""

from dataclasses import dataclass

from triage.errors import MalformedMessage, TriageError
from triage.intake import Submission
from triage.mail.bounds import MAX_MESSAGE_BYTES

# One byte more than a message may have: enough for intake to see that it is too large, and no more in memory.
MOST_BYTES = MAX_MESSAGE_BYTES + 1


@dataclass(frozen=True, slots=True)
class Item:
    """One mail found in a file.

    Attributes:
        name: Where it was found, for messages to a person: a path, with a line or a number where it holds several.
        found: The mail, or why it cannot be one.
        mailbox: The mailbox that a mail in JSON names.
    """

    name: str
    found: Submission | TriageError
    mailbox: str | None = None


def unreadable(name: object, error: OSError) -> Item:
    """Return the refusal of what the operating system would not let us read."""
    reason = error.strerror or type(error).__name__
    return Item(str(name), MalformedMessage(f"cannot be read ({reason}); check that it is there and its permissions"))
