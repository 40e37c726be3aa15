"""Versions as folders of this machine, where TensorFlow can load them.

A folder appears whole, by being renamed; whoever is killed while unpacking leaves a folder under another name, which
the next one to unpack removes.
"""

import shutil
import tempfile
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from time import time
from typing import Protocol

from sqlalchemy.orm import Session

from triage.errors import InvalidBundle, ModelUnavailable
from triage.registry.archive import Installed, require_unaltered, unpack
from triage.serving.manifest import read_manifest
from triage.serving.recognizer_manifest import read_recognizer_manifest
from triage.storage import models, recognizers
from triage.storage.archives import MODELS, RECOGNIZERS, Archives
from triage.storage.session import Database

_UNFINISHED = ".unpacking-"
# Far above the time that unpacking takes, so that nobody's work is removed under their hands.
_LEFT_BEHIND_AFTER = timedelta(hours=1)


class _Manifest(Protocol):
    @property
    def version(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Shelf:
    """Where versions of one sort are kept; each sort has a folder of its own on disk.

    Attributes:
        stored: Returns what is known of a version.
        archives: Of its versions, as long as they are kept.
        read: Reads the manifest of a bundle and checks the folder against it.
    """

    stored: Callable[[Session, str], Installed | None]
    archives: Archives
    read: Callable[[Path], _Manifest]


OF_MAIL = Shelf(models.stored_model, MODELS, read_manifest)
OF_IMAGES = Shelf(recognizers.stored_recognizer, RECOGNIZERS, read_recognizer_manifest)


def unpacked(database: Database, version: str, folder: Path, shelf: Shelf = OF_MAIL) -> Path:
    """Return the bundle of a version within a folder of this machine, whole and unaltered; unpack it if need be.

    Several may ask for the same version at once.

    Raises:
        ModelUnavailable: The archive is not there, or the disk has no room.
        InvalidBundle: What the registry holds is not what was installed, or this release cannot read it.
        StorageUnavailable: The database does not answer.
    """
    place = folder / version
    if _is_whole(place, version, shelf):
        return place
    archive = _fetched(database, version, shelf)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _tidy(database, folder, shelf)
        with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=folder, ignore_cleanup_errors=True) as aside:
            new = Path(aside, "new")
            unpack(archive, new)
            shelf.read(new)
            _put(new, place, version, shelf, Path(aside, "old"))
    except OSError as error:
        raise ModelUnavailable(
            f"version {version} cannot be unpacked into {folder} ({error.strerror}); make room there"
        ) from error
    return place


def _fetched(database: Database, version: str, shelf: Shelf) -> bytes:
    with database.reading() as session:
        stored, archive = shelf.stored(session, version), shelf.archives.of(session, version)
    if stored is None or archive is None:
        raise ModelUnavailable(f"version {version} is not kept any more; activate another")
    require_unaltered(archive, stored)
    return archive


def _put(new: Path, place: Path, version: str, shelf: Shelf, old: Path) -> None:
    try:
        new.rename(place)
    except OSError:
        # Another was faster, or what lies there is broken: a disk that was full, a file that somebody changed.
        if _is_whole(place, version, shelf):
            return
        with suppress(FileNotFoundError):
            place.rename(old)
        new.rename(place)


def _is_whole(place: Path, version: str, shelf: Shelf) -> bool:
    try:
        return shelf.read(place).version == version
    except InvalidBundle:
        return False


def _tidy(database: Database, folder: Path, shelf: Shelf) -> None:
    """Remove what others left unfinished, and versions whose archive was dropped."""
    there = list(folder.iterdir())  # first, so that what another unpacks after this is left alone
    with database.reading() as session:
        kept = shelf.archives.versions(session)
    for found in there:
        with suppress(FileNotFoundError):
            is_left = time() - found.stat().st_mtime > _LEFT_BEHIND_AFTER.total_seconds()
            if is_left if found.name.startswith(_UNFINISHED) else found.name not in kept:
                shutil.rmtree(found, ignore_errors=True)
