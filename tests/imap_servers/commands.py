"""What an IMAP client says, line by line (RFC 3501 §2.2.1)."""

import re
from dataclasses import dataclass

_COMMAND = re.compile(r"(\S*)(?: (UID \S+|\S+))?(?: (.*))?", re.DOTALL | re.IGNORECASE)
_LITERAL = re.compile(rb"\{(\d+)(\+?)\}\r?\n$")
_LONGEST_LITERAL_MARK = 30


@dataclass(frozen=True, slots=True)
class Command:
    """A command as a client sent it.

    Attributes:
        connection: Which connection it came on, counted from 1.
        tag: Empty for the `DONE` that ends an IDLE.
        name: In capitals, `UID` and what follows it together: `UID FETCH`.
        arguments: The rest of its line; of a literal only how long it is, and nothing of what comes after that.
    """

    connection: int
    tag: str
    name: str
    arguments: str


def command_of(line: bytes, connection: int) -> Command:
    """Return the command that a line begins; bytes that are not UTF-8 survive in it as surrogates."""
    found = _COMMAND.match(line.decode("utf-8", "surrogateescape").rstrip("\r\n"))
    assert found is not None
    tag, name, arguments = found.groups(default="")
    return Command(connection, tag, name.upper(), arguments) if name else Command(connection, "", tag.upper(), "")


@dataclass(frozen=True, slots=True)
class Literal:
    """The bytes that a line announces.

    Attributes:
        waits: Whether the client sends them only when it was asked to go on (RFC 7888).
    """

    size_bytes: int
    waits: bool


def literal_after(line: bytes) -> Literal | None:
    """Return the literal that a line announces, if it does."""
    found = _LITERAL.search(line[-_LONGEST_LITERAL_MARK:])
    return Literal(int(found[1]), waits=not found[2]) if found else None
