"""Versions of models, and how they are installed."""

import hashlib
import json
import re
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from triage.errors import ModelUnfit
from triage.registry.archive import packed
from triage.registry.pruning import prune
from triage.storage import archives, models

# A version names a folder.
VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")


def install(session: Session, bundle: Path, *, mailbox_id: int, now: datetime) -> str:
    """Keep a bundle as a version that the mailbox may be read with; return its name. Nothing is read with it yet.

    Safe to repeat: a version that is there already stays as it is, and gets its archive back if that was dropped or
    altered.

    Raises:
        InvalidBundle: The folder is no bundle of ours, or is incomplete or altered.
        ModelUnfit: Another bundle has the same version, or the version cannot be kept under its name.
    """
    manifest, archive = packed(bundle)
    if not VERSION.fullmatch(manifest.version):
        raise ModelUnfit(f"bundle {bundle} has a version that cannot name a folder; train it again")
    digest = hashlib.sha256(archive).digest()
    models.lock_models(session, mailbox_id)
    row = {
        "version": manifest.version,
        "mailbox_id": mailbox_id,
        "created_at": now,
        "manifest": json.loads(json.dumps(asdict(manifest))),
        "size_bytes": len(archive),
        "digest": digest,
        "archive": archive,
    }
    if not archives.MODELS.insert(session, row):
        _require_same(session, manifest.version, mailbox_id, digest)
        archives.MODELS.put(session, manifest.version, archive)
    prune(session, mailbox_id, besides=manifest.version)
    return manifest.version


def _require_same(session: Session, version: str, mailbox_id: int, digest: bytes) -> None:
    stored = models.stored_model(session, version)
    assert stored is not None  # noqa: S101 (it was in the way of ours)
    if stored.mailbox_id != mailbox_id:
        raise ModelUnfit(f"version {version} belongs to another mailbox; train it again for this one")
    if stored.digest != digest:
        raise ModelUnfit(f"version {version} is another bundle here; give this one a version of its own")
