"""Which version a mailbox is read with: an append-only log whose newest row is the pointer.

Each activation knows the one to return to. A rollback adds a row that repeats that one, its way back included, so a
second rollback goes one further back and never to and fro.
"""

from datetime import datetime

from sqlalchemy.orm import Session

from triage.errors import InvalidBundle, ModelNotFound, ModelUnfit
from triage.labels import author_name
from triage.registry.pruning import prune
from triage.registry.telling import tell_activated
from triage.serving.manifest import manifest_of, require_ours
from triage.storage import models
from triage.storage.mailboxes import name_of


def active_version(session: Session, mailbox_id: int) -> str | None:
    """Return the version that a mailbox is read with; `None` for the shipped model."""
    newest = models.newest_activation(session, mailbox_id)
    return None if newest is None else newest.version


def active_versions(session: Session) -> dict[int, str]:
    """Return the active version of each mailbox that is read with another than the shipped model."""
    return models.active_versions(session)


def activate(
    session: Session, mailbox_id: int, version: str | None, *, author: str, reason: str, now: datetime
) -> bool:
    """Read a mailbox with a version from now on, `None` for the shipped model; say whether that is new.

    Safe to repeat: what is active already changes nothing. Workers look every second or so, between two batches.

    Raises:
        ModelNotFound: The mailbox has no such version.
        ModelUnfit: Its archive was dropped, or this release cannot read with it.
    """
    models.lock_models(session, mailbox_id)
    before = models.newest_activation(session, mailbox_id)
    if version == (None if before is None else before.version):
        return False
    if version is not None:
        require_fit(session, mailbox_id, version)
    told = {"mailbox_id": mailbox_id, "activated_at": now, "author": author_name(author)}
    if before is None:
        # The shipped model has a row as well, so that a rollback finds it.
        first = {**told, "version": None, "reason": "the shipped model, as at first", "before_id": None}
        before_id = models.add_activation(session, first)
    else:
        before_id = before.id
    row = {**told, "version": version, "reason": reason, "before_id": before_id}
    models.add_activation(session, row)
    tell_activated(session, row, instead_of=None if before is None else before.version)
    prune(session, mailbox_id)
    return True


def roll_back(session: Session, mailbox_id: int, *, author: str, now: datetime) -> str | None:
    """Return to what was active before the active version; return what is active now, `None` for the shipped model.

    Raises:
        ModelUnfit: Nothing was active before, or what was cannot be read with any more.
    """
    models.lock_models(session, mailbox_id)
    newest = models.newest_activation(session, mailbox_id)
    target = models.activation(session, None if newest is None else newest.before_id)
    if newest is None or target is None:
        mailbox = name_of(session, mailbox_id)
        raise ModelUnfit(f"mailbox {mailbox} has no version to return to; `triage models list` shows which it has")
    if target.version is not None:
        require_fit(session, mailbox_id, target.version)
    row = {
        "mailbox_id": mailbox_id,
        "version": target.version,
        "activated_at": now,
        "author": author_name(author),
        "reason": f"rolled back from {newest.version or 'the shipped model'}",
        "before_id": target.before_id,
    }
    models.add_activation(session, row)
    tell_activated(session, row, instead_of=newest.version)
    return target.version


def require_fit(session: Session, mailbox_id: int, version: str) -> None:
    """Return when a version can read the mail of a mailbox.

    Raises:
        ModelNotFound: The mailbox has no such version.
        ModelUnfit: Its archive was dropped, or this release cannot read with it.
    """
    stored = models.stored_model(session, version)
    if stored is None or stored.mailbox_id != mailbox_id:
        raise ModelNotFound(version, name_of(session, mailbox_id))
    if not stored.is_archived:
        raise ModelUnfit(f"version {version} is not kept any more; train anew, or take another")
    try:
        require_ours(manifest_of(stored.manifest, f"version {version}"), f"version {version}")
    except InvalidBundle as error:
        raise ModelUnfit(str(error)) from error
