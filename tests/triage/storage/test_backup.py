"""An embedded instance in one file, and back out of it."""

import os
import shutil
import sqlite3
import subprocess
import sys
import tarfile
import threading
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest

from tests.make import accept, make_intake, raw_message
from tests.triage.storage.full import content_of, fill
from triage.embedded import database_path, secret_key_path
from triage.errors import CannotBackUp, NotMigrated
from triage.queue import WorkStream
from triage.reconcile import reconcile
from triage.settings import sqlite_url
from triage.storage.backup import back_up, keep_before, restore
from triage.storage.secrets import Vault, make_key
from triage.storage.session import Database, create_engine_for

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)


@pytest.fixture
def full(data):
    """The data folder of an instance with rows in every table, and a key."""
    engine = create_engine_for(sqlite_url(data))
    fill(engine)
    engine.dispose()
    make_key(secret_key_path(data))
    return data


def backed_up(folder, to):
    return back_up(database_path(folder), secret_key_path(folder), to, made_by="0.0", now=NOW)


def restored(backup, folder):
    folder.mkdir(exist_ok=True)
    return restore(backup, database_path(folder), secret_key_path(folder))


def execute(folder, statement):
    with closing(sqlite3.connect(database_path(folder))) as connection, connection:
        return connection.execute(statement).fetchall()


def test_restored_instance_has_every_row_and_its_secrets(full, tmp_path):
    """What was backed up comes back as it was, readable by its owner alone, and its key opens what it encrypted."""
    encrypted = Vault((), secret_key_path(full)).encrypt({"password": "p"})

    backed_up(full, tmp_path / "b.tar.gz")
    told = restored(tmp_path / "b.tar.gz", tmp_path / "new")

    assert content_of(database_path(tmp_path / "new")) == content_of(database_path(full))
    assert Vault((), secret_key_path(tmp_path / "new")).decrypt(encrypted) == {"password": "p"}
    assert told.made_at == NOW.isoformat()
    made = [tmp_path / "b.tar.gz", database_path(tmp_path / "new"), secret_key_path(tmp_path / "new")]
    assert [file.stat().st_mode & 0o777 for file in made] == [0o600] * 3
    assert not list(tmp_path.glob("**/.*.part"))


def test_backup_while_others_write_is_of_one_moment(full, tmp_path):
    """Two rows that are always written together are in the backup together."""
    execute(full, "CREATE TABLE pair (a INTEGER, b INTEGER)")
    stop, wrote = threading.Event(), threading.Event()

    def write():
        with closing(sqlite3.connect(database_path(full), timeout=30)) as connection:
            for number in range(1_000_000):
                if stop.is_set():
                    return
                with connection:
                    connection.execute("INSERT INTO pair VALUES (?, 0)", (number,))
                    connection.execute("UPDATE pair SET b = a WHERE a = ?", (number,))
                wrote.set()

    thread = threading.Thread(target=write)
    thread.start()
    wrote.wait(30)
    try:
        backed_up(full, tmp_path / "b.tar.gz")
    finally:
        stop.set()
        thread.join()
    restored(tmp_path / "b.tar.gz", tmp_path / "new")

    assert execute(tmp_path / "new", "SELECT count(*) FROM pair WHERE a <> b") == [(0,)]
    assert execute(tmp_path / "new", "SELECT count(*) FROM pair")[0][0] > 0


def test_nothing_is_overwritten(full, tmp_path):
    """Neither a file that is there when a backup is made, nor an instance when one is restored."""
    backed_up(full, tmp_path / "b.tar.gz")
    before = (tmp_path / "b.tar.gz").read_bytes()

    with pytest.raises(CannotBackUp, match="is there already; name another file"):
        backed_up(full, tmp_path / "b.tar.gz")
    with pytest.raises(CannotBackUp, match="is there already; name an empty folder"):
        restored(tmp_path / "b.tar.gz", full)
    (other := tmp_path / "other").mkdir()
    make_key(secret_key_path(other))
    with pytest.raises(CannotBackUp, match="is another key; name an empty folder"):
        restored(tmp_path / "b.tar.gz", other)

    assert (tmp_path / "b.tar.gz").read_bytes() == before
    assert not database_path(other).exists()


def test_log_of_a_database_that_is_gone_is_not_played_into_what_is_restored(full, tmp_path):
    """What a killed process left beside its database would make the restored one malformed: it is refused."""
    backed_up(full, tmp_path / "b.tar.gz")
    left = tmp_path / "new" / f"{database_path(tmp_path / 'new').name}-wal"
    left.parent.mkdir()
    left.write_bytes(b"of another database")

    with pytest.raises(CannotBackUp, match="-wal is there already"):
        restored(tmp_path / "b.tar.gz", tmp_path / "new")

    assert [one.name for one in left.parent.iterdir()] == [left.name]


def test_disk_without_hard_links_takes_a_backup_and_keeps_what_is_there(full, tmp_path, monkeypatch):
    """Sticks and shares know none: the backup gets its name by renaming, and still overwrites nothing."""

    def refuses(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(os, "link", refuses)
    backed_up(full, tmp_path / "b.tar.gz")

    restored(tmp_path / "b.tar.gz", tmp_path / "new")
    with pytest.raises(CannotBackUp, match="is there already"):
        backed_up(full, tmp_path / "b.tar.gz")
    assert content_of(database_path(tmp_path / "new")) == content_of(database_path(full))


@pytest.mark.parametrize("damage", ["cut", "altered", "foreign"])
def test_damaged_backup_is_refused_and_leaves_nothing(full, tmp_path, damage):
    """A file that was cut off, has other bytes, or never was a backup is said to be so, and no instance is made."""
    backed_up(full, whole := tmp_path / "b.tar.gz")
    damaged = tmp_path / "damaged.tar.gz"
    if damage == "cut":
        damaged.write_bytes(whole.read_bytes()[:-3000])
    elif damage == "foreign":
        damaged.write_bytes(b"not an archive")
    else:
        shutil.unpack_archive(whole, tmp_path / "unpacked")
        with (tmp_path / "unpacked" / "triage.sqlite3").open("r+b") as database:
            database.seek(5000)
            database.write(b"x")
        with tarfile.open(damaged, "w:gz") as archive:
            for name in ("backup.json", "triage.sqlite3", "secret.key"):
                archive.add(tmp_path / "unpacked" / name, name)

    with pytest.raises(CannotBackUp, match=r"cut off|damaged|no backup"):
        restored(damaged, tmp_path / "new")

    assert list((tmp_path / "new").iterdir()) == []


def test_backup_of_a_newer_release_is_refused(full, tmp_path):
    """This release could not serve on it, so it does not put it there."""
    execute(full, "UPDATE alembic_version SET version_num = '9999'")
    backed_up(full, tmp_path / "b.tar.gz")

    with pytest.raises(NotMigrated, match="newer release"):
        restored(tmp_path / "b.tar.gz", tmp_path / "new")

    assert list((tmp_path / "new").iterdir()) == []


def test_backup_that_was_killed_is_none_and_the_next_one_is_whole(full, tmp_path):
    """kill -9 while it is written leaves no file of that name; the same command again makes one."""
    to = tmp_path / "b.tar.gz"
    code = (
        "import os, signal, tarfile; from triage.cli import main\n"
        "add = tarfile.TarFile.addfile\n"
        "def die(*given):\n    add(*given)\n    os.kill(os.getpid(), signal.SIGKILL)\n"
        "tarfile.TarFile.addfile = die\nmain()"
    )
    command = ["backup", str(to), "--data", str(full)]
    killed = subprocess.run([sys.executable, "-c", code, *command], check=False)
    left = to.exists()
    backed_up(full, to)

    assert (killed.returncode, left) == (-9, False)
    restored(to, tmp_path / "new")
    assert content_of(database_path(tmp_path / "new")) == content_of(database_path(full))


def test_mail_that_waited_is_enqueued_again_though_redis_is_empty(data, tmp_path, redis):
    """Redis needs no backup: what waits is known by the database."""
    database = Database(sqlite_url(data))
    now = datetime.now(UTC)
    accept(make_intake(database, redis), *(raw_message(f"mail {n}") for n in range(20)), now=now)
    backed_up(data, tmp_path / "b.tar.gz")
    database.close()
    redis.flushall()

    restored(tmp_path / "b.tar.gz", tmp_path / "new")
    intake = make_intake(Database(sqlite_url(tmp_path / "new")), redis)
    found = reconcile(
        intake.database, intake.stream, intake.doorbell, older_than=timedelta(0), now=now + timedelta(seconds=1)
    )

    assert (found, WorkStream(redis).length()) == (20, 20)


def test_one_copy_is_kept_from_before_a_migration(full):
    """It is as the database was; the one from before another migration goes."""
    database = database_path(full)
    former = keep_before(database, "0016")
    content = content_of(database)

    kept = keep_before(database, "0017")

    assert content_of(kept) == content
    assert not former.exists()
    assert [file.name for file in full.glob("*before*")] == ["triage.sqlite3.before-0017"]


def test_without_room_none_is_kept(full, monkeypatch):
    """A disk that is nearly full gets no second copy of the database."""
    monkeypatch.setattr(shutil, "disk_usage", lambda _: shutil._ntuple_diskusage(10, 10, 1000))

    assert keep_before(database_path(full), "0017") is None
    assert not list(full.glob("*before*"))
