"""A database with rows in every table, of everything that a column can hold, by chance."""

import json
import random
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

from sqlalchemy import JSON, Boolean, Float, Integer, LargeBinary, SmallInteger, String, insert, null

from triage.storage.tables import Base, UtcDateTime

LETTERS = ["a", "Ünïcödé", "🛗", "\t", "\n", "'", '"', "\\", "{", "\\.", "\\N", "Straße", "\u202e", "%", ";", " "]
DOCUMENTS = [
    {},
    [],
    None,
    "null",
    {"ü": [1, 1.0, -0.0, 1e-07, 1e20, 123456789012345]},
    [True, {"b": 1, "a": None}],
    0.1,
]


def fill(engine, *, rows=4, seed=0, tables=None):
    """Insert rows into every table, each after those it refers to; what is unique differs in every row."""
    chance, keys = random.Random(seed), {}
    with engine.begin() as connection:
        for table in Base.metadata.sorted_tables:
            if table.name == "compatibility" or (tables is not None and table.name not in tables):
                continue
            made = [_row(table, number, chance, keys) for number in range(1, rows + 1)]
            connection.execute(insert(table), made)
            keys[table.name] = made


def content_of(file):
    """Return what a file of SQLite holds, read without any code of ours; documents are compared by what they say."""
    with closing(sqlite3.connect(file)) as connection:
        names = [name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        content = {}
        for name in sorted(set(names) - {"alembic_version", "sqlite_sequence"}):
            kinds = [kind for _, _, kind, *_ in connection.execute(f"PRAGMA table_info({name})")]
            rows = [
                tuple(_said(value) if kind == "JSON" else value for value, kind in zip(row, kinds, strict=True))
                for row in connection.execute(f"SELECT * FROM {name}")
            ]
            content[name] = sorted(rows, key=repr)
        return content


def _said(value):
    if isinstance(value, str):
        read = json.loads(value, parse_int=float)
        return "said", json.dumps(_positive(read), sort_keys=True)
    return "said", json.dumps(float(value)) if value is not None else None


def _positive(read):
    if isinstance(read, float):
        return read + 0.0
    if isinstance(read, list):
        return [_positive(one) for one in read]
    return {name: _positive(one) for name, one in read.items()} if isinstance(read, dict) else read


def _row(table, number, chance, keys):
    return {column.name: _value(table, column, number, chance, keys) for column in table.columns}


def _value(table, column, number, chance, keys):
    for key in column.foreign_keys:
        target = key.column.table
        if target is table:
            return number - 1 or None
        if column.primary_key or column.name == "email_id":
            return keys[target.name][number - 1][key.column.name]
        return chance.choice(keys[target.name])[key.column.name]
    if column.nullable and chance.random() < 0.3:
        return null() if isinstance(column.type, JSON) else None
    if column.primary_key and isinstance(column.type, Integer):
        return number
    for kind, made in MADE:
        if isinstance(column.type, kind):
            return made(column.type, number, chance)
    raise AssertionError(f"{column} holds what nobody makes here")


# By the type of a column; the first that fits counts.
MADE = (
    (
        UtcDateTime,
        lambda _, number, chance: (
            datetime(2026, 3, 29, 1, 30, tzinfo=UTC) + timedelta(days=number, microseconds=chance.randrange(10**9))
        ),
    ),
    (JSON, lambda _, __, chance: chance.choice(DOCUMENTS)),
    (Boolean, lambda _, __, chance: chance.random() < 0.5),
    (LargeBinary, lambda kind, number, chance: number.to_bytes(2) + chance.randbytes(30 if kind.length else 3000)),
    (String, lambda kind, number, chance: (f"{number}" + "".join(chance.choices(LETTERS, k=60)))[: kind.length]),
    (Float, lambda _, __, chance: chance.choice([0.1 + 0.2, 1e-300, 1.0, -0.0, 1 / 3, 1.7976931348623157e308])),
    (SmallInteger, lambda _, number, __: number),
    (Integer, lambda _, __, chance: chance.randrange(2**31)),
)
