"""What stands before a message or between the lines of its header and does not belong there.

Files, gateways and scripts leave it; with it the standard library's parser takes the header, or its rest, for text.
"""

import codecs
import re

from triage.errors import MalformedMessage
from triage.mail import bounds

_NAME = rb"[!-9;-~]+"
_FIELD = re.compile(_NAME + rb"[ \t]*:")
_MBOX_LINE = re.compile(rb">?From [^\n]*\n+(?=" + _NAME + rb":)")
_END_OF_HEADER = re.compile(rb"\n\r?\n")
_SPACE_BEFORE_COLON = re.compile(rb"(?m)^(" + _NAME + rb")[ \t]+:")
# A line that is neither a field nor the continuation of one.
_STRAY_LINE = re.compile(rb"(?m)^(?!" + _NAME + rb"[ \t]*:|[ \t\r\n]|\Z)(>?From [^\n]*\n)?")
_FIELD_OF_MAIL = re.compile(
    rb"(?mi)^(?:from|to|cc|subject|date|message-id|mime-version|content-type|content-transfer-encoding|received)[ \t]*:"
)
_UTF16_MARKS = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def repaired(raw: bytes) -> bytes:
    """Return the message without what stands before it, and with a header that the parser reads to its end.

    Raises:
        MalformedMessage: The bytes are empty, or neither mail nor text, or the header is too large.
    """
    message = _without_preface(raw)
    if not message:
        raise MalformedMessage("the message is empty; send the bytes of a mail")
    if _FIELD.match(message):
        return _with_sound_header(message)
    if b"\0" in message:
        raise MalformedMessage("these bytes are neither mail nor text; send a message as a mail server stores it")
    # Text without a header: the blank line keeps its beginning from being taken for one.
    return b"\n" + message


def header_of(message: bytes) -> bytes:
    """Return the beginning of a message up to its first blank line, as far as it is read."""
    blank = _END_OF_HEADER.search(message, 0, bounds.MAX_HEADER_BYTES)
    return message[: blank.start() + 1 if blank else bounds.MAX_HEADER_BYTES]


def _without_preface(raw: bytes) -> bytes:
    message = raw
    if message.startswith(_UTF16_MARKS):
        message = message.decode("utf-16", "replace").encode()
    message = message.removeprefix(codecs.BOM_UTF8).lstrip(b"\r\n\t ")
    if b"\r" in message and b"\n" not in message[: bounds.MAX_HEADER_BYTES]:
        message = message.replace(b"\r", b"\n")
    if b"\r\r\n" in message[:1_000]:
        message = message.replace(b"\r\r\n", b"\r\n")
    mbox_line = _MBOX_LINE.match(message)
    return message[mbox_line.end() :] if mbox_line else message


def _with_sound_header(message: bytes) -> bytes:
    header = header_of(message)
    rest = message[len(header) :]
    header = _SPACE_BEFORE_COLON.sub(rb"\1:", header)
    if not _STRAY_LINE.search(header):
        has_end = not rest or rest.startswith((b"\n", b"\r\n"))
        bounds.check_header(len(header) if has_end else len(message))
        return header + rest
    # A field of mail further down shows that the header goes on: the stray line continues the field before it.
    last_field = max((field.start() for field in _FIELD_OF_MAIL.finditer(header)), default=0)
    # Whoever has more of them than a header may have fields wrote no header.
    most = bounds.MAX_HEADER_FIELDS
    sound = _STRAY_LINE.sub(lambda stray: b"" if stray[1] else b" ", header[:last_field], count=most)
    return sound + header[last_field:] + rest
