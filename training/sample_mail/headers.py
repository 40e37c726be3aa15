"""Header fields as bytes on the wire: encoded words, folding, addresses, dates."""

from collections.abc import Sequence
from datetime import datetime
from email.charset import BASE64, QP, Charset
from email.header import Header
from email.utils import format_datetime

from triage.mail import Address

# `Header` makes encoded words up to one longer than it is told; RFC 2047 section 2 allows 75.
_LINE = 74
_SPECIALS = frozenset('()<>[]:;@\\,."')


def text_field(text: str, *, charset: str, word: str, name: str) -> str:
    """Return an unstructured field's value, folded, in encoded words (RFC 2047) where it is not ASCII.

    Args:
        text: One line.
        charset: What the client encodes in; UTF-8 is taken where it cannot hold the text.
        word: `q` or `b`.
        name: The field's name, whose length the first line must leave room for.
    """
    chosen = "us-ascii" if text.isascii() else _word_charset(text, charset, word)
    return Header(text, chosen, maxlinelen=_LINE, header_name=name).encode(linesep="\r\n")


def address_field(addresses: Sequence[Address], *, charset: str, word: str) -> str:
    """Return an address list, one address on a line."""
    return ",\r\n ".join(_mailbox(address, charset, word) for address in addresses)


def date_field(instant: datetime) -> str:
    """Return a date as RFC 5322 writes it."""
    return format_datetime(instant)


def ids_field(message_ids: Sequence[str]) -> str:
    """Return Message-IDs for References, one on a line."""
    return "\r\n ".join(message_ids)


def _mailbox(address: Address, charset: str, word: str) -> str:
    if not address.name:
        return address.address
    if not address.name.isascii():
        name = text_field(address.name, charset=charset, word=word, name="From")
        return f"{name} <{address.address}>"
    name = f'"{address.name}"' if _SPECIALS & set(address.name) else address.name
    return f"{name} <{address.address}>"


def _word_charset(text: str, charset: str, word: str) -> Charset:
    chosen = Charset(charset if holds(charset, text) else "utf-8")
    chosen.header_encoding = QP if word == "q" else BASE64
    return chosen


def holds(charset: str, text: str) -> bool:
    """Say whether a charset has all characters of a text."""
    try:
        text.encode(charset)
    except UnicodeEncodeError:
        return False
    return True
