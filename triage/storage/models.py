"""Models by version, and which of them each mailbox is read with."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import Activation, Mailbox, Model


@dataclass(frozen=True, slots=True)
class StoredModel:
    """A version that was installed, without its archive.

    Attributes:
        digest: SHA-256 of the archive.
        is_archived: The archive is still there.
    """

    version: str
    mailbox_id: int
    created_at: datetime
    manifest: Mapping[str, Any]
    size_bytes: int
    digest: bytes
    is_archived: bool


_COLUMNS = (
    Model.version,
    Model.mailbox_id,
    Model.created_at,
    Model.manifest,
    Model.size_bytes,
    Model.digest,
    Model.archive.is_not(None),
)


def lock_models(session: Session, mailbox_id: int) -> None:
    """Let nobody else install or activate models of this mailbox until this transaction ends."""
    session.execute(select(Mailbox.id).where(Mailbox.id == mailbox_id).with_for_update())


def stored_model(session: Session, version: str) -> StoredModel | None:
    """Return one version, if it was ever installed."""
    row = session.execute(select(*_COLUMNS).where(Model.version == version)).first()
    return None if row is None else StoredModel(*row)


def models_of(session: Session, mailbox_id: int) -> list[StoredModel]:
    """Return the versions of a mailbox, newest first."""
    query = select(*_COLUMNS).where(Model.mailbox_id == mailbox_id)
    return [StoredModel(*row) for row in session.execute(query.order_by(Model.created_at.desc(), Model.version))]


def drop_archives(session: Session, mailbox_id: int, keep: Collection[str]) -> None:
    """Drop the archives of a mailbox but those of some versions; what is known of each version stays."""
    old = (Model.mailbox_id == mailbox_id, Model.archive.is_not(None), Model.version.not_in(keep))
    session.execute(update(Model).where(*old).values(archive=None))


def add_activation(session: Session, row: Mapping[str, Any]) -> int:
    """Make a version the active one of a mailbox; return the number of the activation."""
    ((number,),) = insert_rows(session, Activation, [row], returning=["id"])
    return int(number)


def newest_activation(session: Session, mailbox_id: int) -> Activation | None:
    """Return what points to the active version; `None` while a mailbox never had another than the shipped model."""
    query = select(Activation).where(Activation.mailbox_id == mailbox_id).order_by(Activation.id.desc())
    return session.scalars(query.limit(1)).first()


def activation(session: Session, number: int | None) -> Activation | None:
    """Return one activation; `None` for none."""
    return None if number is None else session.get(Activation, number)


def activations_of(session: Session, mailbox_id: int, *, limit: int) -> Sequence[Activation]:
    """Return the activations of a mailbox, newest first."""
    query = select(Activation).where(Activation.mailbox_id == mailbox_id).order_by(Activation.id.desc())
    return session.scalars(query.limit(limit)).all()


def active_versions(session: Session) -> dict[int, str]:
    """Return the active version of each mailbox that is read with another than the shipped model."""
    newest = select(func.max(Activation.id)).group_by(Activation.mailbox_id)
    query = select(Activation.mailbox_id, Activation.version).where(Activation.id.in_(newest))
    return {mailbox_id: version for mailbox_id, version in session.execute(query) if version is not None}


def once_active_versions(session: Session, mailbox_id: int) -> set[str]:
    """Return the versions that a mailbox was ever read with, the shipped model apart."""
    query = select(Activation.version).where(Activation.mailbox_id == mailbox_id, Activation.version.is_not(None))
    return set(session.scalars(query.distinct()))
