"""The registry of models, in its smallest form: versions, which one a mailbox is read with, and their bundles."""

import hashlib
import io
import tarfile
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy.orm import Session

from triage.errors import InvalidBundle
from triage.serving.manifest import read_manifest
from triage.storage import models
from triage.storage.session import Database


def install(session: Session, bundle: Path, *, mailbox_id: int, now: datetime) -> str:
    """Keep a bundle as a version that the mailbox may be read with; return its name. Safe to repeat."""
    manifest, archive = read_manifest(bundle), io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(bundle, arcname=".")
    data = archive.getvalue()
    models.insert_model(
        session,
        version=manifest.version,
        mailbox_id=mailbox_id,
        created_at=now,
        manifest={"figures": dict(manifest.figures)},
        size_bytes=len(data),
        digest=hashlib.sha256(data).digest(),
        archive=data,
    )
    return manifest.version


def activate(
    session: Session, mailbox_id: int, version: str | None, *, author: str, reason: str, now: datetime
) -> bool:
    """Read a mailbox with a version from now on, `None` for the shipped model; say whether that is new."""
    before = models.newest_activation(session, mailbox_id)
    if (None if before is None else before.version) == version:
        return False
    models.insert_activation(session, mailbox_id, version, author, reason, now, None if before is None else before.id)
    return True


def active_version(session: Session, mailbox_id: int) -> str | None:
    """Return the version that a mailbox is read with; `None` for the shipped model."""
    newest = models.newest_activation(session, mailbox_id)
    return None if newest is None else newest.version


def unpacked(database: Database, version: str, folder: Path) -> Path:
    """Return the bundle of a version within a folder of this machine.

    Raises:
        InvalidBundle: There is none, or it is altered.
    """
    place = folder / version
    if not place.is_dir():
        with database.reading() as session:
            archive = models.archive_of(session, version)
        if archive is None:
            raise InvalidBundle(f"version {version} is not kept any more; activate another")
        folder.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=folder) as aside, tarfile.open(fileobj=io.BytesIO(archive)) as tar:
            tar.extractall(Path(aside, "new"), filter="data")
            Path(aside, "new").rename(place)
    read_manifest(place)
    return place
