"""Mail out of a file, a Maildir or a stream, whatever it holds."""

from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from triage.errors import MalformedMessage
from triage.files.item import MOST_BYTES, Item, unreadable
from triage.files.json_mail import begins_as_object, mail_in_document, mail_in_lines
from triage.files.maildir import mail_in_maildir
from triage.files.mbox import is_separator, messages_in_mbox
from triage.files.paths import JSON_LINES, MBOX, is_folder, is_maildir, is_special
from triage.files.rejoined import Lines, Rejoined
from triage.intake import Submission


def mail_in(path: Path) -> Iterator[Item]:
    """Yield every mail of a file, a Maildir or a pipe; what cannot be read is an item with its error."""
    if is_maildir(path):
        return mail_in_maildir(path)
    return _until_unreadable(_mail_in_folder(path) if is_folder(path) else _mail_in_file(path), str(path))


def mail_in_stream(stream: BinaryIO, name: str = "-") -> Iterator[Item]:
    """Yield the mail of a stream: JSON lines, an mbox, or one message, told by its first line that is not blank."""
    return _until_unreadable(_mail_in_stream(stream, name), name)


def _until_unreadable(items: Iterator[Item], name: str) -> Iterator[Item]:
    try:
        yield from items
    except OSError as error:
        yield unreadable(name, error)


def _mail_in_folder(path: Path) -> Iterator[Item]:
    # Such a folder is here because it could not be listed; trying again says why.
    next(path.iterdir(), None)
    yield Item(str(path), MalformedMessage("is a folder and no Maildir; name the files in it, or try again"))


def _mail_in_file(path: Path) -> Iterator[Item]:
    suffix, name = path.suffix.lower(), str(path)
    with path.open("rb") as file:
        if is_special(path):
            yield from _mail_in_stream(file, name)
        elif suffix in JSON_LINES:
            yield from mail_in_lines(file, name)
        elif suffix in MBOX:
            yield from _mail_in_mbox(file, name)
        elif suffix == ".json" or begins_as_object(_beginning(file)):
            file.seek(0)
            yield from mail_in_document(file, name)
        else:
            file.seek(0)
            yield from _mail_in_stream(file, name)


def _mail_in_stream(stream: BinaryIO, name: str) -> Iterator[Item]:
    beginning = _beginning(stream)
    whole = Rejoined(beginning, stream)
    if begins_as_object(beginning):
        yield from mail_in_lines(whole, name)
    elif is_separator(beginning.lstrip()):
        yield from _mail_in_mbox(whole, name)
    else:
        yield Item(name, Submission(whole.read(MOST_BYTES)))


def _mail_in_mbox(stream: Lines, name: str) -> Iterator[Item]:
    for number, message in enumerate(messages_in_mbox(stream), 1):
        yield Item(f"{name}:{number}", Submission(message))


def _beginning(stream: BinaryIO) -> bytes:
    """Return a stream up to its first line that is not blank, and no more than one message of it."""
    beginning = bytearray()
    while line := stream.readline(MOST_BYTES - len(beginning)):
        beginning += line
        if line.strip():
            break
    return bytes(beginning)
