"""A digest of rows that is the same on both databases where the rows say the same.

The order of rows does not matter, for databases order text by rules of their own. What says the same by different words
counts as the same: a document whose keys stand in another order, a number that is `1` or `1.0` in one.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import blake2b
from typing import Any

from sqlalchemy import Boolean, Column, Float, Table

from triage.storage.copying.plain import JsonText

_ROOM = 1 << 256
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Digest:
    """How many rows there are and what they say together; that of two parts of a table is the sum of theirs."""

    rows: int = 0
    total: int = 0

    def __add__(self, other: "Digest") -> "Digest":
        return Digest(self.rows + other.rows, (self.total + other.total) % _ROOM)

    @property
    def name(self) -> str:
        """The beginning, enough for a person to compare."""
        return f"{self.total:064x}"[:12]


def digest_of(table: Table, rows: Iterable[Sequence[Any]]) -> Digest:
    """Return the digest of rows that have the columns of a table."""
    encoders = [_encoder(column) for column in table.columns]
    number = total = 0
    for row in rows:
        hashed = blake2b(digest_size=32)
        for encode, value in zip(encoders, row, strict=True):
            told = b"" if value is None else encode(value)
            # With its length, so that no two rows run together to the same bytes; -1 is nothing.
            hashed.update(b"%d:" % (-1 if value is None else len(told)))
            hashed.update(told)
        number += 1
        total += int.from_bytes(hashed.digest())
    return Digest(number, total % _ROOM)


def _encoder(column: Column[Any]) -> Callable[[Any], bytes]:
    if isinstance(column.type, JsonText):
        return _document
    if isinstance(column.type, Float):
        return lambda value: repr(float(value) + 0.0).encode()  # no zero is negative
    if isinstance(column.type, Boolean):
        return lambda value: b"1" if value else b"0"
    return _value


def _value(value: object) -> bytes:
    if isinstance(value, bytes):
        return value
    if isinstance(value, datetime):
        return repr(value.astimezone(UTC) - _EPOCH).encode()
    return str(value).encode()


def _document(text: str) -> bytes:
    # PostgreSQL writes numbers in its own way: 1e-07 as 0.0000001, 1e20 as 100000000000000000000.
    read = json.loads(text, parse_int=_number, parse_float=_number)
    return json.dumps(read, sort_keys=True, separators=(",", ":")).encode()


def _number(text: str) -> float:
    return float(text) + 0.0
