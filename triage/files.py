"""Mail in files: `.eml`, mbox, Maildir, JSON lines, folders of these, and standard input."""

import json
import mailbox
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from triage.errors import InvalidSubmission, MalformedMessage, PermanentError, TriageError
from triage.intake import APPLICATION_JSON, MESSAGE_RFC822, Submission
from triage.mail import canonical_bytes, read_json_mail
from triage.mail.bounds import MAX_MESSAGE_BYTES

# One byte more than a message may have: enough for intake to see that it is too large, and no more in memory.
MOST_BYTES = MAX_MESSAGE_BYTES + 1
JSON_LINES = (".jsonl", ".ndjson")
MBOX = (".mbox", ".mbx")
# What a folder is searched for; a file that is named itself is taken whatever its name.
MAIL_SUFFIXES = (".eml", *MBOX, *JSON_LINES)


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


class NoSuchPath(PermanentError):
    """A path that was named does not exist."""


def mail_files(path: Path) -> list[Path]:
    """Return the files and Maildirs to read for a path that was named, in order.

    Raises:
        NoSuchPath: It does not exist.
    """
    if not path.exists():
        raise NoSuchPath(f"{path} does not exist; name a file or folder with mail, or - for standard input")
    if not path.is_dir() or is_maildir(path):
        return [path]
    found: list[Path] = []
    for folder, names, files in os.walk(path):
        inside = Path(folder)
        maildirs = [name for name in names if is_maildir(inside / name)]
        found += [inside / name for name in maildirs]
        names[:] = sorted(set(names) - set(maildirs))
        found += [inside / name for name in files if name.lower().endswith(MAIL_SUFFIXES)]
    return sorted(found)


def is_maildir(path: Path) -> bool:
    """Tell whether a folder is a Maildir."""
    return all((path / name).is_dir() for name in ("cur", "new", "tmp"))


def mail_in(path: Path) -> Iterator[Item]:
    """Yield every mail of a file or Maildir; what cannot be read is an item with its error."""
    try:
        if path.is_dir():
            yield from _mail_in_maildir(path)
        elif path.suffix.lower() in JSON_LINES:
            with path.open("rb") as lines:
                yield from mail_in_lines(lines, str(path))
        elif path.suffix.lower() in MBOX or _begins_as_mbox(path):
            yield from _mail_in_mbox(path)
        else:
            yield _mail_in_file(path)
    except OSError as error:
        yield Item(str(path), MalformedMessage(f"cannot be read ({error.strerror}); check its permissions"))


def mail_in_lines(lines: BinaryIO, name: str) -> Iterator[Item]:
    """Yield the mail of each line of JSON; blank lines are passed over."""
    for number, line in enumerate(lines, 1):
        if line.strip():
            yield _mail_in_line(line, f"{name}:{number}")


def mail_in_stream(stream: BinaryIO, spool: Path) -> Iterator[Item]:
    """Yield the mail of standard input: JSON lines, an mbox, or one message, told by its first byte.

    Args:
        stream: Read to its end.
        spool: A file that does not exist; an mbox is copied there, for its messages are found by seeking.
    """
    first = stream.read(5)
    if first.lstrip()[:1] == b"{":
        rest = stream.readline()
        yield from _mail_in_first_and(first + rest, stream)
    elif first == b"From ":
        with spool.open("wb") as copy:
            copy.write(first)
            while block := stream.read(2**20):
                copy.write(block)
        yield from _mail_in_mbox(spool, name="-")
    else:
        yield Item("-", Submission(first + stream.read(MOST_BYTES - len(first))))


def _mail_in_first_and(first: bytes, rest: BinaryIO) -> Iterator[Item]:
    yield _mail_in_line(first, "-:1")
    for number, line in enumerate(rest, 2):
        if line.strip():
            yield _mail_in_line(line, f"-:{number}")


def _mail_in_line(line: bytes, name: str) -> Item:
    try:
        document = json.loads(line)
        mail = read_json_mail(document)
    except (ValueError, RecursionError):
        return Item(name, InvalidSubmission("not a line of JSON; write one object per line"))
    except InvalidSubmission as error:
        return Item(name, error)
    return Item(name, Submission(canonical_bytes(document), APPLICATION_JSON), mail.mailbox)


def _mail_in_file(path: Path) -> Item:
    with path.open("rb") as file:
        return Item(str(path), Submission(file.read(MOST_BYTES), MESSAGE_RFC822))


def _mail_in_mbox(path: Path, name: str | None = None) -> Iterator[Item]:
    messages = mailbox.mbox(path, create=False)
    try:
        for number, key in enumerate(messages.iterkeys(), 1):
            with messages.get_file(key) as file:
                yield Item(f"{name or path}:{number}", Submission(file.read(MOST_BYTES)))
    finally:
        messages.close()


def _mail_in_maildir(path: Path) -> Iterator[Item]:
    for folder in ("new", "cur"):
        for file in sorted((path / folder).iterdir()):
            if file.is_file():
                yield _mail_in_file(file)


def _begins_as_mbox(path: Path) -> bool:
    """Tell an mbox from a message that only kept its first line: an mbox has further ones after blank lines."""
    with path.open("rb") as file:
        head = file.read(2**20)
    return head.startswith(b"From ") and b"\n\nFrom " in head.replace(b"\r\n", b"\n")
