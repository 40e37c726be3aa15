"""0005 keeps every row and index, and what belongs to the emails; afterwards no number is given twice."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from tests.migrations.test_causes_of_failure import ROW
from triage.storage import schema
from triage.storage.session import create_engine_for

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TABLES = ("mailbox", "email", "message", "attachment", "verdict", "label", "account", "folder", "location", "exchange")


def insert(connection, table, **values):
    names = ", ".join(values)
    connection.execute(
        text(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in values)})"), values
    )


@pytest.fixture
def engine(empty_database_url):
    """A database as 0004 leaves it, with three emails and something in every table that hangs on them."""
    made = create_engine_for(empty_database_url)
    schema.migrate(made, "0004")
    with made.begin() as connection:
        insert(connection, "mailbox", id=1, name="main", created_at=AT)
        account = {"host": "h", "port": 1, "security": "tls", "username": "u", "secret": b"", "folders": "[]"}
        insert(
            connection,
            "account",
            **account
            | {"id": 1, "name": "a", "mailbox_id": 1, "created_at": AT, "interval_seconds": 60, "problem": ""},
        )
        insert(connection, "folder", id=1, account_id=1, name="INBOX", uidvalidity=1, first_uid=1, last_uid=1)
        for number, state in ((3, "read"), (7, "failed"), (8, "queued")):
            insert(
                connection,
                "email",
                **ROW
                | {"id": number, "digest": bytes([number]), "state": state, "attempts": 0, "reasons": '[{"text": "ü"}]'}
                | {"recipients": '[{"name": "Zoë", "address": "z@example.org"}]', "priority": 0.1 + 0.2},
            )
            insert(connection, "message", email_id=number, media_type="x", text="", quoted_text="", raw=b"\x00\xff")
            part = {"position": 1, "filename": "f", "content_type": "c", "is_inline": False, "size_bytes": 1}
            insert(connection, "attachment", email_id=number, **part)
            insert(
                connection,
                "label",
                email_id=number,
                mailbox_id=1,
                topic="order",
                source="human",
                author="Ada",
                said_at=AT,
            )
            insert(connection, "location", folder_id=1, uid=number, email_id=number)
            insert(connection, "exchange", account_id=1, email_id=number, told_band="high")
    yield made
    made.dispose()


def rows(engine):
    with engine.connect() as connection:
        return {
            table: [dict(row) for row in connection.execute(text(f"SELECT * FROM {table}")).mappings()]
            for table in TABLES
        }


def made_of(engine):
    """Return the statements that made the schema, by name; of SQLite."""
    with engine.connect() as connection:
        query = "SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite%'"
        return dict(connection.execute(text(query)).all())


def test_every_row_is_kept_up_and_down_and_up(engine):
    """Emails, their bytes, labels and places in folders are the same, and so they are on the way back."""
    before = rows(engine)

    schema.migrate(engine, "0005")
    up = rows(engine)
    schema.migrate(engine, "0004")
    down = rows(engine)
    schema.migrate(engine, "0005")

    assert [len(before[table]) for table in ("email", "message", "label", "location", "exchange")] == [3] * 5
    assert up == down == rows(engine) == before


def test_all_but_the_numbering_stays_as_it_was_made(engine):
    """Each index keeps its columns and its condition, each table what it refers to, and foreign keys hold."""
    if engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL is left alone")
    before = made_of(engine)

    schema.migrate(engine, "0005")

    after = made_of(engine)
    assert after.keys() == before.keys()
    assert [name for name in after if after[name] != before[name]] == ["email"]
    assert "AUTOINCREMENT" in after["email"]
    with engine.connect() as connection:
        assert connection.execute(text("PRAGMA foreign_key_check")).all() == []
        assert connection.execute(text("PRAGMA foreign_keys")).scalar() == 1


@pytest.mark.parametrize("table", ["email", "account", "folder"])
def test_number_that_was_deleted_is_not_given_again(engine, table):
    """The newest of a table is deleted; the next has a number that none had."""
    schema.migrate(engine)
    with engine.begin() as connection:
        if engine.dialect.name == "postgresql":  # whose sequence knows nothing of the numbers that we gave
            connection.execute(text(f"SELECT setval('{table}_id_seq', (SELECT max(id) FROM {table}))"))
        newest = dict(connection.execute(text(f"SELECT * FROM {table} ORDER BY id DESC LIMIT 1")).mappings().one())
        connection.execute(text(f"DELETE FROM {table} WHERE id = :id"), {"id": newest["id"]})
        given = {name: value for name, value in newest.items() if name != "id" and value is not None}
        columns = ", ".join(given)
        casts = ", ".join(f":{name}" for name in given)
        given = {name: "[]" if isinstance(value, list) else value for name, value in given.items()}
        connection.execute(text(f"INSERT INTO {table} ({columns}) VALUES ({casts})"), given)
        again = connection.execute(text(f"SELECT max(id) FROM {table}")).scalar()

    assert again == newest["id"] + 1
