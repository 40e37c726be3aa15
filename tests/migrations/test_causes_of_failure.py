"""0002 keeps what earlier releases set aside, in words that group."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import text

from triage.storage import schema
from triage.storage.session import create_engine_for

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
ROW = {
    "mailbox_id": 1,
    "size_bytes": 1,
    "message_id": "",
    "thread_id": "",
    "sender_name": "",
    "sender_address": "",
    "recipients": "[]",
    "subject": "",
    "snippet": "",
    "is_automatic": False,
    "attachment_count": 0,
    "priority": 0.5,
    "band": "normal",
} | dict.fromkeys(("received_at", "stored_at", "enqueued_at", "rank_at"), AT)


@pytest.fixture
def engine(empty_database_url):
    """A database as the first release leaves it: two emails were set aside, one waits."""
    made = create_engine_for(empty_database_url)
    schema.migrate(made, "0001")
    columns = [*ROW, "digest", "state", "attempts", "error"]
    insert = text(f"INSERT INTO email ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})")
    with made.begin() as connection:
        connection.execute(text("INSERT INTO mailbox (id, name, created_at) VALUES (1, 'main', :at)"), {"at": AT})
        for digest, state, attempts, error in (
            (b"1", "failed", 5, "given up after 5 attempts: reading it raised ValueError"),
            (b"2", "failed", 7, "given up after 7 attempts: it broke: badly"),
            (b"3", "queued", 1, "reading it raised ValueError"),
        ):
            connection.execute(insert, ROW | {"digest": digest, "state": state, "attempts": attempts, "error": error})
    yield made
    made.dispose()


def column(engine, name):
    with engine.connect() as connection:
        return list(connection.execute(text(f"SELECT {name} FROM email ORDER BY id")).scalars())


def test_count_leaves_the_words_of_the_cause_and_comes_back(engine):
    """Upwards the number of attempts is in its column alone, downwards in the words again."""
    before = column(engine, "error")

    schema.migrate(engine, "0002")
    above = column(engine, "error")
    schema.migrate(engine, "0001")

    assert above == ["reading it raised ValueError", "it broke: badly", "reading it raised ValueError"]
    assert column(engine, "error") == before


def test_time_of_the_last_attempt_stands_for_when_it_was_set_aside(engine):
    """What was set aside has a time, so that filters by time find it; what waits has none."""
    schema.migrate(engine, "0002")

    times = column(engine, "failed_at")
    assert [time is None for time in times] == [False, False, True]
