"""Versions of what recognises images: kept as models of mailboxes are, and one of them active for all mailboxes.

The log whose newest row is the pointer, and the way back, are as in `triage.registry.pointer`. Here a version is kept
and activated in one transaction, so none lies about that was not judged.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy.orm import Session

from triage.errors import InvalidBundle, ModelUnfit, RecognizerNotFound
from triage.labels import author_name
from triage.registry.archive import packed_files, require_unaltered
from triage.registry.pruning import KEPT_TO_RETURN
from triage.registry.telling import IMAGE, tell_activated
from triage.registry.versions import VERSION
from triage.serving.recognizer_manifest import (
    RecognizerManifest,
    contents_of,
    read_recognizer_manifest,
    recognizer_manifest_of,
)
from triage.storage import archives, recognizers
from triage.storage.recognizers import StoredRecognizer
from triage.storage.tables import RecognizerActivation

MOST_ACTIVATIONS = 50


@dataclass(frozen=True, slots=True)
class Packed:
    """A bundle as it is kept; whoever judges it unpacks the archive, and so judges what is installed."""

    manifest: RecognizerManifest
    archive: bytes

    @property
    def version(self) -> str:
        """Its name."""
        return self.manifest.version


@dataclass(frozen=True, slots=True)
class ImageVersions:
    """All versions, newest first, and the last activations, newest first; `active` is `None` for the shipped bundle."""

    active: str | None
    stored: Sequence[StoredRecognizer]
    activations: Sequence[RecognizerActivation]


def packed_recognizer(bundle: Path) -> Packed:
    """Check a bundle or a cascade and return it as one file.

    Raises:
        InvalidBundle: The folder is neither, or is incomplete, altered, or being replaced.
        ModelUnfit: Its version cannot be kept under its name.
    """
    manifest = read_recognizer_manifest(bundle)
    if not VERSION.fullmatch(manifest.version):
        raise ModelUnfit(f"bundle {bundle} has a version that cannot name a folder; train it again")
    archive = packed_files(bundle, contents_of(manifest))
    if read_recognizer_manifest(bundle) != manifest:
        raise InvalidBundle(f"bundle {bundle} was replaced while it was being installed; install it again")
    return Packed(manifest, archive)


def install(
    session: Session, packed: Packed, *, instead_of: str | None, author: str, reason: str, now: datetime
) -> bool:
    """Keep a version and recognise images with it from now on; say whether that is new.

    Safe to repeat: one that is there already stays as it is, and gets its archive back if that was dropped or altered.

    Args:
        session: A transaction that writes.
        packed: The version.
        instead_of: The version that it was judged against, `None` for the shipped bundle.
        author: Who says so.
        reason: Why, for the list.
        now: The present time.

    Raises:
        ModelUnfit: Another bundle has the same version, or another version was activated meanwhile.
    """
    recognizers.lock_recognizers(session)
    active = active_version(session)
    if active not in (instead_of, packed.version):
        raise ModelUnfit(f"{active or 'the shipped bundle'} was activated meanwhile; install it again")
    _keep(session, packed, now)
    return activate(session, packed.version, author=author, reason=reason, now=now)


def active_version(session: Session) -> str | None:
    """Return the version that images are recognised with; `None` for the shipped bundle."""
    newest = recognizers.newest_activation(session)
    return None if newest is None else newest.version


def activate(session: Session, version: str | None, *, author: str, reason: str, now: datetime) -> bool:
    """Recognise images with a version from now on, `None` for the shipped bundle; say whether that is new.

    Safe to repeat: what is active already changes nothing. Workers look every few seconds, between two batches.

    Raises:
        RecognizerNotFound: There is no such version.
        ModelUnfit: Its archive was dropped, or this release cannot recognise with it.
    """
    recognizers.lock_recognizers(session)
    before = recognizers.newest_activation(session)
    if version == (None if before is None else before.version):
        return False
    if version is not None:
        _require_fit(session, version)
    told = {"activated_at": now, "author": author_name(author)}
    if before is None:
        # The shipped bundle has a row as well, so that a rollback finds it.
        first = {"version": None, **told, "reason": "the shipped bundle, as at first", "before_id": None}
        before_id = recognizers.add_activation(session, first)
    else:
        before_id = before.id
    row = {"version": version, **told, "reason": reason, "before_id": before_id}
    recognizers.add_activation(session, row)
    tell_activated(session, row, instead_of=None if before is None else before.version, kind=IMAGE)
    recognizers.drop_archives(session, way_back(session)[:KEPT_TO_RETURN])
    return True


def roll_back(session: Session, *, author: str, now: datetime) -> str | None:
    """Return to what was active before the active version; return what is active now, `None` for the shipped bundle.

    Raises:
        ModelUnfit: Nothing was active before, or what was cannot be recognised with any more.
    """
    recognizers.lock_recognizers(session)
    newest = recognizers.newest_activation(session)
    target = recognizers.activation(session, None if newest is None else newest.before_id)
    if newest is None or target is None:
        raise ModelUnfit("there is no version to return to; `triage images versions` shows which there are")
    if target.version is not None:
        _require_fit(session, target.version)
    row = {
        "version": target.version,
        "activated_at": now,
        "author": author_name(author),
        "reason": f"rolled back from {newest.version or 'the shipped bundle'}",
        "before_id": target.before_id,
    }
    recognizers.add_activation(session, row)
    tell_activated(session, row, instead_of=newest.version, kind=IMAGE)
    return target.version


def require_active_kept(session: Session) -> str | None:
    """Return the active version, `None` for the shipped bundle, when workers can have it.

    Raises:
        InvalidBundle: Its archive is not what was installed.
        ModelUnfit: This release cannot recognise with it.
    """
    version = active_version(session)
    if version is None:
        return None
    _require_fit(session, version)
    stored, archive = recognizers.stored_recognizer(session, version), archives.RECOGNIZERS.of(session, version)
    assert stored is not None  # noqa: S101 (required above)
    require_unaltered(archive or b"", stored)
    return version


def image_versions(session: Session) -> ImageVersions:
    """Return all that is known of versions."""
    return ImageVersions(
        active_version(session),
        recognizers.all_recognizers(session),
        recognizers.activations(session, limit=MOST_ACTIVATIONS),
    )


def way_back(session: Session) -> list[str]:
    """Return the versions that rollbacks would reach one after the other, the active one first, each once."""
    found: dict[str, None] = {}
    step = recognizers.newest_activation(session)
    while step is not None:
        if step.version is not None:
            found[step.version] = None
        step = recognizers.activation(session, step.before_id)
    return list(found)


def _keep(session: Session, packed: Packed, now: datetime) -> None:
    digest = hashlib.sha256(packed.archive).digest()
    row = {
        "version": packed.version,
        "created_at": now,
        "manifest": json.loads(json.dumps(asdict(packed.manifest))),
        "size_bytes": len(packed.archive),
        "digest": digest,
        "archive": packed.archive,
    }
    if archives.RECOGNIZERS.insert(session, row):
        return
    stored = recognizers.stored_recognizer(session, packed.version)
    if stored is None or stored.digest != digest:
        raise ModelUnfit(f"version {packed.version} is another bundle here; give this one a version of its own")
    archives.RECOGNIZERS.put(session, packed.version, packed.archive)


def _require_fit(session: Session, version: str) -> None:
    stored = recognizers.stored_recognizer(session, version)
    if stored is None:
        raise RecognizerNotFound(version)
    if not stored.is_archived:
        raise ModelUnfit(f"version {version} is not kept any more; install its bundle again, or take another")
    try:
        recognizer_manifest_of(stored.manifest, f"version {version}")
    except InvalidBundle as error:
        raise ModelUnfit(str(error)) from error
