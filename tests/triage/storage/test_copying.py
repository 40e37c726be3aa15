"""One database copied into another: everything arrives, once, and is compared."""

import os
import random
import signal
import subprocess
import sys
import time

import pytest
from sqlalchemy import create_engine, text

from tests.triage.storage.full import content_of, fill
from triage.errors import CannotCopy, NotMigrated
from triage.storage import copying, schema
from triage.storage.copying import batches, compare, copy, place_of
from triage.storage.session import create_engine_for


@pytest.fixture
def file(tmp_path, migrated_file):
    """A migrated SQLite database."""
    made = tmp_path / "triage.sqlite3"
    made.write_bytes(migrated_file.read_bytes())
    return made


@pytest.fixture
def source(file):
    """A database with rows in every table."""
    engine = create_engine_for(f"sqlite:///{file}")
    fill(engine)
    engine.dispose()
    return place_of(str(file))


def execute(url, statement, **values):
    engine = create_engine_for(url)
    with engine.begin() as connection:
        done = connection.execute(text(statement), values)
        rows = done.all() if done.returns_rows else []
    engine.dispose()
    return rows


def revision(url):
    engine = create_engine_for(url)
    try:
        return schema.revision_of(engine)
    finally:
        engine.dispose()


@pytest.mark.parametrize("seed", range(3))
def test_everything_arrives_in_postgresql_and_comes_back(file, postgres_url, tmp_path, seed):
    """What SQLite, read without our code, holds after both ways is what it held, whatever columns can hold."""
    engine = create_engine_for(f"sqlite:///{file}")
    fill(engine, seed=seed)
    engine.dispose()
    here, there, back = (place_of(str(where)) for where in (file, postgres_url, tmp_path / "back.sqlite3"))

    away, home = copy(here, there), copy(there, back)

    assert (away.is_whole, home.is_whole) == (True, True)
    assert away.copied == home.copied == sum(one.source.rows for one in away.tables)
    assert all(one.source.rows == 4 for one in away.tables)
    assert [one.source for one in away.tables] == [one.target for one in home.tables]
    assert content_of(tmp_path / "back.sqlite3") == content_of(file)
    assert (tmp_path / "back.sqlite3").stat().st_mode & 0o077 == 0
    assert revision(postgres_url) == schema.head()


def test_number_of_a_row_that_was_deleted_is_given_to_none_after_the_copy(source, migrated_postgres_url, tmp_path):
    """The target counts on where the source was, not where its newest row is; so it is on the way back."""
    execute(source.url, "DELETE FROM email WHERE id = 4")
    copy(source, place_of(migrated_postgres_url))
    columns = (
        "mailbox_id, digest, size_bytes, state, received_at, stored_at, enqueued_at, attempts, message_id, thread_id,"
        " sender_name, sender_address, recipients, subject, snippet, is_automatic, attachment_count, priority, band,"
        " rank_at"
    )
    again = f"INSERT INTO email ({columns}, digest) SELECT {columns}, :digest FROM email WHERE id = 1 RETURNING id"
    again = again.replace("digest, size", "size", 1).replace("SELECT mailbox_id, digest,", "SELECT mailbox_id,")

    assert execute(migrated_postgres_url, again, digest=b"5") == [(5,)]
    execute(migrated_postgres_url, "DELETE FROM email WHERE id = 5")
    copy(place_of(migrated_postgres_url), place_of(str(tmp_path / "back.sqlite3")))
    assert execute(f"sqlite:///{tmp_path / 'back.sqlite3'}", again, digest=b"6") == [(6,)]


def test_altered_row_is_found(source, migrated_postgres_url):
    """A row that says something else, one that is missing and one too many are told, by table; nothing else is."""
    copy(source, place_of(migrated_postgres_url))
    execute(migrated_postgres_url, "UPDATE message SET quoted_text = quoted_text || ' ' WHERE email_id = 2")
    execute(migrated_postgres_url, "DELETE FROM label WHERE id = 3")
    execute(migrated_postgres_url, "INSERT INTO mailbox (name, created_at) VALUES ('another', now())")

    found = compare(source, place_of(migrated_postgres_url))

    assert {one.table for one in found if not one.is_equal} == {"message", "label", "mailbox"}


def test_target_that_differs_is_not_served(source, migrated_postgres_url, monkeypatch):
    """A row that is altered before the copy was compared keeps the target from being one that is served."""
    stop_after(monkeypatch, tables=35)
    with pytest.raises(Stopped):
        copy(source, place_of(migrated_postgres_url))
    monkeypatch.undo()
    execute(migrated_postgres_url, "UPDATE email SET subject = 'another' WHERE id = 1")

    report = copy(source, place_of(migrated_postgres_url))

    assert [one.table for one in report.tables if not one.is_equal] == ["email"]
    with pytest.raises(NotMigrated, match="not complete; run the same `triage copy-database` again"):
        schema.require_current(create_engine_for(migrated_postgres_url))
    with pytest.raises(NotMigrated, match="not complete"):
        schema.migrate(create_engine_for(migrated_postgres_url))


def test_copy_that_was_stopped_goes_on_and_copies_no_row_twice(source, migrated_postgres_url, monkeypatch):
    """The second attempt writes what the first did not, and the whole is compared."""
    stop_after(monkeypatch, tables=12)
    with pytest.raises(Stopped):
        copy(source, place_of(migrated_postgres_url))
    monkeypatch.undo()

    report = copy(source, place_of(migrated_postgres_url))

    assert report.is_whole
    assert 0 < report.copied < sum(one.source.rows for one in report.tables)


def test_source_that_changed_meanwhile_is_noticed_when_the_copy_goes_on(source, migrated_postgres_url, monkeypatch):
    """A copy is of one moment: what was copied before must be the same still."""
    stop_after(monkeypatch, tables=12)
    with pytest.raises(Stopped):
        copy(source, place_of(migrated_postgres_url))
    monkeypatch.undo()
    execute(source.url, "UPDATE mailbox SET name = 'renamed' WHERE id = 1")

    with pytest.raises(CannotCopy, match=r"the source changed since this copy was begun \(table mailbox\)"):
        copy(source, place_of(migrated_postgres_url))


def test_writing_to_the_source_meanwhile_is_told_and_not_copied(source, migrated_postgres_url):
    """The copy is the source as it was at the beginning, and says that there is more by now."""
    written = []

    def write_once(*_):
        if not written:
            written.append(execute(source.url, "UPDATE email SET subject = 'later' WHERE id = 1"))

    report = copy(source, place_of(migrated_postgres_url), progress=write_once)

    assert (report.is_whole, report.was_written) == (True, True)
    assert execute(migrated_postgres_url, "SELECT count(*) FROM email WHERE subject = 'later'") == [(0,)]


def test_source_that_others_are_connected_to_is_not_copied(migrated_postgres_url, tmp_path):
    """PostgreSQL knows who is connected: a process of Triage that still runs is noticed at once."""
    others = create_engine(migrated_postgres_url)
    with others.connect(), pytest.raises(CannotCopy, match=r"1 other connections .* stop every process of Triage"):
        copy(place_of(migrated_postgres_url), place_of(str(tmp_path / "copy.sqlite3")))
    others.dispose()


def test_target_that_holds_rows_is_left_alone(source, migrated_postgres_url):
    """Nothing is written beside what somebody else has there."""
    execute(migrated_postgres_url, "INSERT INTO mailbox (name, created_at) VALUES ('theirs', now())")

    with pytest.raises(CannotCopy, match=r"holds rows already \(table mailbox\)"):
        copy(source, place_of(migrated_postgres_url))

    assert execute(migrated_postgres_url, "SELECT name FROM mailbox") == [("theirs",)]
    assert revision(migrated_postgres_url) == schema.head()


@pytest.mark.parametrize("have", ["0016", "9999"])
def test_source_of_another_schema_is_refused(source, migrated_postgres_url, have):
    """An older one says what to run; of a newer one nobody here knows what is in it."""
    execute(source.url, "UPDATE alembic_version SET version_num = :have", have=have)

    told = "`triage migrate`" if have == "0016" else "copy with the newer one"
    with pytest.raises(NotMigrated, match=rf"has schema {have} and this release copies .*{told}"):
        copy(source, place_of(migrated_postgres_url))


def test_what_postgresql_cannot_hold_is_replaced_and_told(source, migrated_postgres_url):
    """NUL in text and in documents, and halves of pairs, become U+FFFD; the bytes of mail stay as they are."""
    execute(source.url, "UPDATE email SET subject = 'a' || char(0) || 'b', recipients = :names WHERE id = 1",
            names='["x\\u0000y", "\\\\u0000", "\\ud83d\\ude00", "\\ud83d"]')  # fmt: skip
    execute(source.url, "UPDATE message SET raw = x'00ff00' WHERE email_id = 1")

    report = copy(source, place_of(migrated_postgres_url))

    assert report.is_whole
    assert {one.table: one.changed for one in report.tables if one.changed} == {"email": 2}
    ((subject, recipients),) = execute(migrated_postgres_url, "SELECT subject, recipients FROM email WHERE id = 1")
    assert (subject, recipients) == ("a\ufffdb", ["x\ufffdy", "\\u0000", "😀", "\ufffd"])
    assert execute(migrated_postgres_url, "SELECT raw FROM message WHERE email_id = 1") == [(b"\x00\xff\x00",)]


def test_row_that_cannot_be_stored_is_named_by_its_number(source, migrated_postgres_url):
    """SQLite holds longer names than PostgreSQL; which row it is and why is told, and not what it says."""
    execute(source.url, "UPDATE email SET topic = :long WHERE id = 3", long="x" * 101)

    with pytest.raises(CannotCopy) as caught:
        copy(source, place_of(migrated_postgres_url))

    assert "a row of table email cannot be stored in the target (id 3): value too long" in str(caught.value)
    assert "xxx" not in str(caught.value)


def test_large_rows_come_one_by_one(source, monkeypatch):
    """However large rows are, no more of them are held than fit."""
    monkeypatch.setattr(batches, "MOST_BYTES", 5000)
    engine = create_engine_for(source.url)
    message = next(table for table in copying.plain.plain_tables() if table.name == "message")
    with engine.connect() as connection:
        sizes = [len(batch.rows) for batch in batches.batches(connection, message)]

    assert sizes == [1, 1, 1, 1]


@pytest.mark.slow
def test_copy_killed_three_times_is_whole_in_the_end(source, postgres_url):
    """kill -9 at random moments: nobody serves on a part, and the fourth attempt ends with every row, once."""
    numbers = "WITH RECURSIVE n(i) AS (SELECT 5 UNION ALL SELECT i + 1 FROM n WHERE i < 60000) SELECT i, i FROM n"
    execute(source.url, f"INSERT INTO seal (id, key) {numbers}")
    target = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    command = [sys.executable, "-m", "triage", "copy-database", source.name, postgres_url]
    reached = 0
    for _ in range(3):
        running = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        goal = reached + random.randrange(1, 6000)
        while running.poll() is None and rows_in(target) < goal:
            time.sleep(0.005)
        running.kill()
        running.communicate()
        assert running.returncode == -signal.SIGKILL
        assert revision(postgres_url) == schema.BEING_COPIED
        assert rows_in(target) >= reached
        reached = rows_in(target)

    done = subprocess.run(command, capture_output=True, text=True, env=os.environ | {"COLUMNS": "120"}, check=False)

    assert done.returncode == 0, done.stderr
    assert done.stdout.count("equal") == 36
    assert "both say the same" in done.stderr
    assert f"{4 * 35 + 60000 - reached:,} rows copied" in done.stderr
    assert all(one.is_equal for one in compare(source, place_of(postgres_url)))


def rows_in(engine):
    """How many rows of the copy a target has by now."""
    with engine.connect() as connection:
        is_begun = connection.scalar(text("SELECT to_regclass('copied') IS NOT NULL"))
        return int(connection.scalar(text("SELECT coalesce(sum(rows), 0) FROM copied"))) if is_begun else 0


class Stopped(Exception):
    pass


def stop_after(monkeypatch, *, tables):
    """Let a copy break off when so many tables are begun."""
    begun = []

    def breaking(connection, table, rows):
        if len(begun) == tables:
            raise Stopped
        begun.append(table.name)
        write(connection, table, rows)

    write = copying.copy.__globals__["write"]
    monkeypatch.setitem(copying.copy.__globals__, "write", breaking)
