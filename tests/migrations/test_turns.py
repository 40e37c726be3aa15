"""Migrations while others are at work: what is waited for, what is given up, and who may serve afterwards."""

import threading
import time

import pytest
from sqlalchemy import inspect, text

from tests.migrations.next_release import NextRelease, end_of
from triage.errors import NotMigrated
from triage.storage import schema
from triage.storage.migration_turn import MIGRATION_LOCK
from triage.storage.session import create_engine_for

COLUMN = ('op.add_column("email", sa.Column("colour", sa.Text(), nullable=True))', 'op.drop_column("email", "colour")')
INDEX = (
    'create_index_meanwhile("ix_email_colour", "email", ["mailbox_id", "size_bytes"], "handled_at IS NULL")',
    'op.drop_index("ix_email_colour", "email")',
)


def said_by(migration):
    """Return a list that grows with every line that a migration says on stderr."""
    lines = []
    threading.Thread(target=lambda: lines.extend(iter(migration.stderr.readline, "")), daemon=True).start()
    return lines


def until(condition):
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "this did not come true"
        time.sleep(0.05)


def execute(engine, statement):
    with engine.begin() as connection:
        connection.execute(text(statement))


@pytest.fixture
def engine(migrated_postgres_url):
    made = create_engine_for(migrated_postgres_url)
    yield made
    made.dispose()


@pytest.fixture
def url(migrated_postgres_url):
    return migrated_postgres_url


def test_release_serves_on_a_newer_schema_that_says_so(database_url, tmp_path):
    """A migration that only adds leaves this release ready, and a second `triage migrate` of it changes nothing."""
    engine = create_engine_for(database_url)
    following = NextRelease.made(tmp_path / "next", COLUMN)

    code, said, _ = end_of(following.migrate(database_url))

    assert (code, said) == (0, f"database is at {following.newest}\n")
    schema.require_current(engine)
    schema.migrate(engine)
    assert schema.revision_of(engine) == following.newest
    engine.dispose()


def test_release_does_not_serve_on_a_newer_schema_that_does_not_say_so(engine, url, tmp_path):
    """A migration that this release cannot bear is refused with what to do, and so is a schema nobody vouches for."""
    following = NextRelease.made(tmp_path / "next", COLUMN, serves=f"{int(schema.head()) + 1:04}")
    end_of(following.migrate(url))

    for _ in range(2):
        with pytest.raises(NotMigrated, match=r"newer release.*install the newer release"):
            schema.require_current(engine)
        with pytest.raises(NotMigrated, match="newer release"):
            schema.migrate(engine)
        execute(engine, "UPDATE alembic_version SET version_num = '9999'")


def test_way_back_says_again_who_may_serve(engine, url, tmp_path):
    """What the next release migrated down is this release's own again."""
    following = NextRelease.made(tmp_path / "next", COLUMN, INDEX, serves=f"{int(schema.head()) + 1:04}")
    end_of(following.migrate(url))

    code, _, complaint = end_of(following.migrate(url, schema.head()))

    assert (code, complaint) == (0, "")
    schema.require_current(engine)
    with engine.connect() as connection:
        told = connection.execute(text("SELECT revision, oldest FROM compatibility")).one()
    assert tuple(told) == (schema.head(), "0017")
    assert "colour" not in {column["name"] for column in inspect(engine).get_columns("email")}


def test_second_migration_waits_for_the_first(engine, url, tmp_path):
    """Whoever comes second says that it waits, and goes on when its turn comes."""
    following = NextRelease.made(tmp_path / "next", COLUMN, INDEX)
    with engine.connect() as first:
        first.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": MIGRATION_LOCK})
        first.commit()
        second = following.migrate(url)
        complaints = said_by(second)
        until(lambda: complaints)
        before = schema.revision_of(engine)
        first.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": MIGRATION_LOCK})
        first.commit()
        assert second.wait(60) == 0

    assert complaints == ["another migration is running; waiting for its end\n"]
    assert (before, schema.revision_of(engine)) == (schema.head(), following.newest)


def test_two_migrations_at_once_end_as_one(engine, url, tmp_path):
    """Both are begun together on the schema of this release, with an index that waits for all who look; both end."""
    following = NextRelease.made(tmp_path / "next", COLUMN, INDEX)

    ends = [end_of(one) for one in [following.migrate(url), following.migrate(url)]]

    assert [code for code, *_ in ends] == [0, 0], ends
    with engine.connect() as connection:
        valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_email_colour'::regclass")
        assert connection.scalar(valid) is True


def test_migration_lets_others_through_while_a_long_transaction_holds_a_table(engine, url, tmp_path):
    """It gives up, names who is in the way, and is tried again; who stood behind it reads meanwhile."""
    following = NextRelease.made(tmp_path / "next", COLUMN)
    with engine.connect() as long:
        long.execute(text("SELECT count(*) FROM email"))
        migration = following.migrate(url)
        complaints = said_by(migration)
        until(lambda: len(complaints) >= 2)
        execute(engine, "UPDATE email SET state = state")  # ends, though the long one still holds the table
        before = schema.revision_of(engine)
        pid = long.connection.driver_connection.info.backend_pid
        long.rollback()
        assert migration.wait(60) == 0

    assert f"(the oldest transaction is that of process {pid}" in complaints[0]
    assert "others are let through, and it is tried again in 1 s" in complaints[0]
    assert "tried again in 2 s" in complaints[1]
    assert (before, schema.revision_of(engine)) == (schema.head(), following.newest)


def test_index_that_was_left_half_made_is_made_anew(engine, url, tmp_path):
    """A migration killed while its index was made leaves one that is not used; the next attempt makes a good one."""
    following = NextRelease.made(tmp_path / "next", INDEX)
    with engine.connect() as long:
        long.execute(text("INSERT INTO mailbox (name, created_at) VALUES ('x', now())"))
        long.execute(text("LOCK TABLE email IN ROW EXCLUSIVE MODE"))  # as somebody who writes: the index waits
        migration = following.migrate(url)
        with engine.connect() as looking:
            half = text("SELECT count(*) FROM pg_index WHERE NOT indisvalid")
            until(lambda: looking.scalar(half) or looking.rollback())
        migration.kill()
        migration.wait()
        with engine.connect() as looking:
            others = text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND query LIKE 'CREATE INDEX%'"
            )
            looking.execute(others)
        long.rollback()

    code, _, complaint = end_of(following.migrate(url))

    assert code == 0, complaint
    with engine.connect() as connection:
        valid = text("SELECT indisvalid FROM pg_index WHERE indexrelid = 'ix_email_colour'::regclass")
        assert connection.scalar(valid) is True
