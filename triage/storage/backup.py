"""A backup of an embedded instance: one file with its database and the key of its secrets.

The database is copied as it is at one moment (`VACUUM INTO`) while others read and write it. The backup is written
whole beside its place and then given its name, so one that was cut off is none. On the way back each file is compared
with the digest that was taken of it, and the database gets its name last.
"""

import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from hashlib import file_digest
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import Engine

from triage.errors import CannotBackUp
from triage.storage.durable import sync_folder
from triage.storage.schema import require_known, revision_of
from triage.storage.session import create_engine_for

FORMAT = 1
_DESCRIPTION = "backup.json"
_LONGEST_DESCRIPTION = 10_000
_QUICK = 3  # of nine levels of gzip: twice as fast as the usual one, and a tenth larger


@dataclass(frozen=True, slots=True)
class Backup:
    """What a backup says of itself.

    Attributes:
        made_by: The release that made it.
        schema: The revision of its database.
        made_at: ISO 8601, in UTC.
        digests: SHA-256 of each file in it, by name.
    """

    made_by: str
    schema: str
    made_at: str
    digests: Mapping[str, str]
    format: int = FORMAT


def back_up(database: Path, key: Path, to: Path, *, made_by: str, now: datetime) -> Backup:
    """Write a backup; only its owner may read it.

    Raises:
        CannotBackUp: There is no database, the file is there already, or cannot be written.
    """
    if not database.is_file():
        raise CannotBackUp(f"there is no database {database}; name its folder with --data")
    if to.exists():
        raise CannotBackUp(f"{to} is there already; name another file")
    with _workshop(to) as folder:
        snapshot = _snapshot(database, folder / database.name)
        files = [snapshot]
        # After the database: what is encrypted in it was encrypted with a key that was there before.
        if key.is_file():
            files.append(Path(shutil.copyfile(key, folder / key.name)))
        with _engine(snapshot) as engine:
            revision = revision_of(engine) or "none"
        backup = Backup(made_by, revision, now.isoformat(), {file.name: _digest(file) for file in files})
        description = folder / _DESCRIPTION
        description.write_text(json.dumps(asdict(backup), indent=2) + "\n", encoding="utf-8")
        whole = folder / to.name
        with _new_file(whole) as opened:
            with tarfile.open(fileobj=opened, mode="w:gz", compresslevel=_QUICK) as archive:
                for file in (description, *files):
                    archive.add(file, arcname=file.name, filter=_nobodys)
            opened.flush()
            os.fsync(opened.fileno())
        try:
            os.link(whole, to)  # unlike a renaming it overwrites nothing
        except FileExistsError as error:
            raise CannotBackUp(f"{to} is there already; name another file") from error
        except OSError:  # a disk that knows no hard links: a stick, or a share
            if to.exists():
                raise CannotBackUp(f"{to} is there already; name another file") from None
            whole.rename(to)
        sync_folder(to.parent)
    return backup


def restore(backup: Path, database: Path, key: Path) -> Backup:
    """Put the files of a backup where an instance looks for them.

    Raises:
        CannotBackUp: It is no backup or was damaged, or an instance is there already.
        NotMigrated: A newer release made it.
    """
    # What SQLite left beside a database that is gone would be played into the one that is put there.
    there = [one for end in ("", "-wal", "-shm", "-journal") if (one := Path(f"{database}{end}")).exists()]
    if there:
        raise CannotBackUp(f"{there[0]} is there already; name an empty folder with --data")
    with _workshop(database) as folder:
        told = _unpack(backup, folder, (database.name, key.name))
        unpacked = folder / database.name
        _require_sound(unpacked, backup)
        with _engine(unpacked) as engine:
            require_known(engine)
        if key.name in told.digests:
            _put_key(folder / key.name, key)
        unpacked.rename(database)
        sync_folder(database.parent)
    return told


def keep_before(database: Path, revision: str) -> Path | None:
    """Keep a copy of a database before it is brought to a revision, beside it; the one of the time before goes.

    Returns:
        Where it is; `None` when the disk has no room for it and for what the migration needs.

    Raises:
        CannotBackUp: It cannot be copied.
    """
    size_bytes = database.stat().st_size
    if shutil.disk_usage(database.parent).free < 3 * size_bytes:
        return None
    kept = database.with_name(f"{database.name}.before-{revision}")
    with _workshop(kept) as folder:
        _snapshot(database, folder / kept.name).replace(kept)
    sync_folder(kept.parent)
    for former in database.parent.glob(f"{database.name}.before-*"):
        if former != kept:
            former.unlink()
    return kept


@contextmanager
def _workshop(beside: Path) -> Iterator[Path]:
    """Make an empty folder that only we may read, on the disk where the result will be; remove it at the end."""
    folder = beside.parent / f".{beside.name}.part"
    shutil.rmtree(folder, ignore_errors=True)  # of an attempt that was killed
    try:
        folder.mkdir(mode=0o700)
    except FileNotFoundError as error:
        raise CannotBackUp(f"there is no folder {beside.parent}; make it first") from error
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _snapshot(database: Path, to: Path) -> Path:
    with _new_file(to):
        pass  # SQLite fills an empty file, and leaves it to its owner alone
    try:
        with closing(sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro", uri=True, timeout=15)) as connection:
            connection.execute("VACUUM INTO ?", (str(to),))
    except sqlite3.Error as error:
        raise CannotBackUp(f"the database cannot be copied ({error}); is there room at {to.parent.parent}?") from error
    return to


def _unpack(backup: Path, folder: Path, wanted: tuple[str, str]) -> Backup:
    """Take the files of a backup out of it, and nothing else that it may hold."""
    try:
        with tarfile.open(backup, "r:gz") as archive:
            first = archive.next()
            described = archive.extractfile(first) if first is not None and first.name == _DESCRIPTION else None
            if described is None:
                raise CannotBackUp(f"{backup} is no backup of Triage; name a file that `triage backup` wrote")
            told = _described(described.read(_LONGEST_DESCRIPTION), backup)
            for member in archive:
                content = archive.extractfile(member) if member.name in wanted else None
                if content is not None:
                    with _new_file(folder / member.name) as opened:
                        shutil.copyfileobj(content, opened, 1 << 20)
                        opened.flush()
                        os.fsync(opened.fileno())
    except (tarfile.TarError, EOFError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        raise CannotBackUp(f"{backup} is no backup, or it was cut off; name another") from error
    for name, digest in told.digests.items():
        file = folder / name
        if name not in wanted or not file.is_file() or _digest(file) != digest:
            raise CannotBackUp(f"{backup} was damaged ({name} is not what it was); name another")
    if wanted[0] not in told.digests:
        raise CannotBackUp(f"{backup} holds no database; name another")
    return told


def _described(text: bytes, backup: Path) -> Backup:
    try:
        told = Backup(**json.loads(text))
    except (ValueError, TypeError) as error:
        raise CannotBackUp(f"{backup} does not say what it holds; restore it with the release that made it") from error
    if told.format != FORMAT:
        raise CannotBackUp(f"{backup} has format {told.format} and we read {FORMAT}; use the release that made it")
    return told


def _require_sound(database: Path, backup: Path) -> None:
    try:
        with closing(sqlite3.connect(database)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.Error as error:
        found = str(error)
    if found != "ok":
        raise CannotBackUp(f"the database in {backup} is damaged ({found}); name another backup")


def _put_key(unpacked: Path, key: Path) -> None:
    if key.exists() and key.read_bytes() != unpacked.read_bytes():
        raise CannotBackUp(f"{key} is there already and is another key; name an empty folder with --data")
    unpacked.replace(key)


@contextmanager
def _engine(database: Path) -> Iterator[Engine]:
    engine = create_engine_for(f"sqlite:///{database}")
    try:
        yield engine
    finally:
        engine.dispose()


def _new_file(file: Path) -> BinaryIO:
    return os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    member.mode = 0o600
    return member


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return file_digest(opened, "sha256").hexdigest()
