"""The versions of a mailbox as people look at them."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from triage.errors import InvalidBundle
from triage.serving.manifest import Manifest, manifest_of, version_in_use
from triage.storage import models, rereading, shadows
from triage.storage.models import StoredModel
from triage.storage.rereading import Progress
from triage.storage.tables import Activation, Shadow

MOST_ACTIVATIONS = 20


@dataclass(frozen=True, slots=True)
class Versions:
    """The versions of a mailbox, newest first.

    Attributes:
        active: The version that the mailbox is read with; `None` for the shipped model.
        in_use: As readings name it; `None` where that cannot be told.
        activations: The last of them, newest first.
        shadows: What came of versions that read beside the active one.
        progress: How far reading again with the active version has come.
    """

    active: str | None
    in_use: str | None
    stored: Sequence[StoredModel]
    activations: Sequence[Activation]
    shadows: dict[str, Shadow]
    progress: Progress | None


def versions_of(session: Session, mailbox_id: int, shipped: Manifest | None, *, deep: bool) -> Versions:
    """Return the versions of a mailbox; `shipped` is the manifest of the shipped model, as far as it is here."""
    activations = models.activations_of(session, mailbox_id, limit=MOST_ACTIVATIONS)
    active = activations[0].version if activations else None
    in_use = _in_use(session, active, shipped, deep=deep)
    return Versions(
        active=active,
        in_use=in_use,
        stored=models.models_of(session, mailbox_id),
        activations=activations,
        shadows=shadows.shadows_of(session, mailbox_id),
        progress=None if in_use is None else rereading.progress(session, mailbox_id, in_use),
    )


def left_to_read_again(
    session: Session, mailbox_id: int, shipped: Manifest | None, *, deep: bool
) -> tuple[str, Progress] | None:
    """Return with which version mail of a mailbox is to be read again and how far that is; `None` when nothing is."""
    newest = models.newest_activation(session, mailbox_id)
    in_use = _in_use(session, None if newest is None else newest.version, shipped, deep=deep)
    if in_use is None or not rereading.to_read_again(session, mailbox_id, in_use, limit=1):
        return None
    return in_use, rereading.progress(session, mailbox_id, in_use)


def _in_use(session: Session, active: str | None, shipped: Manifest | None, *, deep: bool) -> str | None:
    if active is None:
        return None if shipped is None else version_in_use(shipped, deep=deep)
    stored = models.stored_model(session, active)
    try:
        return None if stored is None else version_in_use(manifest_of(stored.manifest, active), deep=deep)
    except InvalidBundle:
        return None
