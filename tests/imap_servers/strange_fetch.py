"""What a strange server answers to FETCH."""

import re
from collections.abc import Set as AbstractSet

from tests.imap_servers.strange_mail import Stored

_ITEM = re.compile(r"BODY(?:\.PEEK)?\[[^\]]*\](?:<\d+\.\d+>)?|[A-Z0-9.]+")
_SECTION = re.compile(r"BODY(?:\.PEEK)?\[(.*)\](?:<(\d+)\.(\d+)>)?")


class UnknownItem(Exception):
    """An item that this server does not know."""


def items_of(arguments: str) -> list[str]:
    """Return the items that were asked for and the UID, texts last."""
    asked = {"UID", *_ITEM.findall(arguments.upper())}
    return sorted(asked, key=lambda item: (item.startswith("BODY"), item))


def fetched(message: Stored, items: list[str], unsaid: AbstractSet[str], *, size: int | None = None) -> bytes:
    """Return the items of a message as they stand between the parentheses, without those that the server never says.

    Args:
        message: What is fetched.
        items: What was asked for.
        unsaid: What is never said.
        size: Said instead of its true size.

    Raises:
        UnknownItem: One was asked for that this server does not know.
    """
    said = [_item(message, item, size) for item in items if item not in unsaid]
    return b" ".join(filter(None, said))


def _item(message: Stored, item: str, size: int | None) -> bytes:
    if item == "UID":
        return b"UID %d" % message.uid
    if item == "FLAGS":
        return f"FLAGS ({message.flags})".encode()
    if item == "RFC822.SIZE":
        return b"RFC822.SIZE %d" % (len(message.raw) if size is None else size)
    if item == "INTERNALDATE":
        return f'INTERNALDATE "{message.internal_date}"'.encode() if message.internal_date else b""
    return _section(message.raw, item)


def _section(raw: bytes, item: str) -> bytes:
    found = _SECTION.fullmatch(item)
    if found is None:
        raise UnknownItem(item)
    section, begin, length = found.groups()
    if section.startswith("HEADER"):  # of single fields too: a client that asks for some may be given all
        raw = raw.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"
    elif section:
        raise UnknownItem(item)
    origin = f"<{begin}>" if begin else ""
    text = raw[int(begin) : int(begin) + int(length)] if begin else raw
    return f"BODY[{section}]{origin} {{{len(text)}}}\r\n".encode() + text
