"""Mail in JSON: an object per line, one object, or a list of objects."""

import json
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import BinaryIO

from triage.errors import InvalidSubmission
from triage.files.item import MOST_BYTES, Item
from triage.files.rejoined import Lines, Rejoined
from triage.intake import APPLICATION_JSON, Submission
from triage.mail import canonical_bytes, read_json_mail

# Base64 makes four bytes of three, and JSON adds its names and quotes.
MOST_JSON_BYTES = MOST_BYTES * 7 // 5
_PIECE_BYTES = 2**16


def begins_as_object(beginning: bytes) -> bool:
    """Tell whether bytes begin as a JSON object."""
    return beginning.removeprefix(BOM_UTF8).lstrip().startswith(b"{")


def mail_in_lines(lines: Lines, name: str) -> Iterator[Item]:
    """Yield the mail of each line of JSON; blank lines are passed over, a line that is too long is not kept."""
    number = 0
    while line := lines.readline(MOST_JSON_BYTES + 1):
        number += 1
        if len(line) > MOST_JSON_BYTES:
            _pass_over_rest(line, lines)
            yield Item(f"{name}:{number}", _too_large("line"))
        elif line.strip():
            yield _mail_in_line(line, f"{name}:{number}")


def mail_in_document(file: BinaryIO, name: str) -> Iterator[Item]:
    """Yield the mail of a file of JSON: of its one object or its list of objects, else line by line."""
    text = file.read(MOST_JSON_BYTES + 1)
    try:
        document = json.loads(text) if len(text) <= MOST_JSON_BYTES else None
    except (ValueError, RecursionError):
        document = None
    if isinstance(document, dict):
        yield _mail(document, name)
    elif isinstance(document, list):
        yield from (_mail(one, f"{name}:{number}") for number, one in enumerate(document, 1))
    elif text.removeprefix(BOM_UTF8).lstrip().startswith(b"["):
        yield Item(name, _too_large("list") if len(text) > MOST_JSON_BYTES else _not_json("list"))
    else:
        yield from mail_in_lines(Rejoined(text, file), name)


def _mail_in_line(line: bytes, name: str) -> Item:
    try:
        document = json.loads(line)
    except (ValueError, RecursionError):
        return Item(name, _not_json("line"))
    return _mail(document, name)


def _mail(document: object, name: str) -> Item:
    try:
        mail = read_json_mail(document)
        raw = canonical_bytes(document) if isinstance(document, dict) else b""
    except InvalidSubmission as error:
        return Item(name, error)
    except (ValueError, RecursionError):
        return Item(name, _not_json("mail"))
    return Item(name, Submission(raw, APPLICATION_JSON), mail.mailbox)


def _pass_over_rest(line: bytes, lines: Lines) -> None:
    while line and not line.endswith(b"\n"):
        line = lines.readline(_PIECE_BYTES)


def _not_json(what: str) -> InvalidSubmission:
    return InvalidSubmission(f"not a {what} of JSON; write one object per line")


def _too_large(what: str) -> InvalidSubmission:
    return InvalidSubmission(
        f"the {what} has more than {MOST_JSON_BYTES:,} bytes; write one object per line, and none that large"
    )
