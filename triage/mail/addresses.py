"""Addresses of a header, as mailers write them.

The standard library's parser recurses on comments, and what it returns for a broken list differs between Python
versions; this one looks at each character once.
"""

import re
from collections.abc import Iterator
from itertools import islice

from triage.mail.encoded_words import header_text
from triage.mail.message import Address

MAX_ADDRESSES = 2_000
MAX_ADDRESS_CHARS = 320
# A list of nothing but commas has more entries than addresses.
MAX_ENTRIES = 2 * MAX_ADDRESSES

# A list, cut where it may be cut: quoted strings, comments and bracketed addresses stay whole. A string that is never
# closed ends with the value, so that no character is looked at twice.
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*+"?|\((?:[^()\\]|\\.)*+\)?|<[^<>]*+>|[,;]|[^",;<(]++|<', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ADDRESS = re.compile(r"(?<![^\s<>()\",;:])[^\s<>()\",;:]+@[^\s<>()\",;:]+")
_GROUP = re.compile(r"^[^\":<@]*:")


def addresses(value: str) -> tuple[Address, ...]:
    """Return the addresses of a header value, in order; groups are opened, what holds no address is left out.

    Source:
        RFC 5322 §3.4.
    """
    found = _addresses(value)
    if not found and "=?" in value:
        # Some mailers encode the whole value and not the name alone.
        found = _addresses(header_text(value))
    return tuple(found)


def _addresses(value: str) -> list[Address]:
    found: list[Address] = []
    before = ""
    for entry in islice(_entries(value), MAX_ENTRIES):
        address = _address(entry, before)
        # `Beck, Anna <anna@example.org>` without quotes: what has no address belongs to the next name.
        before = "" if address else f"{before}{''.join(entry)}, "[-MAX_ADDRESS_CHARS:]
        if address:
            found.append(address)
        if len(found) == MAX_ADDRESSES:
            break
    return found


def _entries(value: str) -> Iterator[list[str]]:
    entry: list[str] = []
    for found in _TOKEN.finditer(value):
        token = found[0]
        if token in {",", ";"}:
            yield entry
            entry = []
        else:
            entry.append(token)
    yield entry


def _address(tokens: list[str], before: str) -> Address | None:
    """Return the address of one entry of a list; `None` when it holds none."""
    comment, words, bracketed = "", [], ""
    for token in tokens:
        if token[0] == "<" and "@" in token:
            bracketed = token[1:-1]
        elif token[0] == "(":
            comment = token[1:].removesuffix(")")
        elif token[0] == '"':
            words.append(_ESCAPED.sub(r"\1", token[1:].removesuffix('"')))
        else:
            words.append(token)
    text = _GROUP.sub("", "".join(words).strip())
    found = _ADDRESS.search(bracketed or text)
    if found is None:
        return None
    name = before + (text if bracketed else text[: found.start()])
    return Address(_line(name) or _line(comment), _line(found[0])[:MAX_ADDRESS_CHARS])


def _line(text: str) -> str:
    return header_text(text).strip("'\"<, ")
