"""What recognises images by version, and which version is active; there is one for the whole installation."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, text, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows, is_postgresql
from triage.storage.tables import Recognizer, RecognizerActivation


@dataclass(frozen=True, slots=True)
class StoredRecognizer:
    """A version that was installed, without its archive.

    Attributes:
        digest: SHA-256 of the archive.
        is_archived: The archive is still there.
    """

    version: str
    created_at: datetime
    manifest: Mapping[str, Any]
    size_bytes: int
    digest: bytes
    is_archived: bool


_COLUMNS = (
    Recognizer.version,
    Recognizer.created_at,
    Recognizer.manifest,
    Recognizer.size_bytes,
    Recognizer.digest,
    Recognizer.archive.is_not(None),
)


def lock_recognizers(session: Session) -> None:
    """Let nobody else install or activate versions until this transaction ends; SQLite has one writer anyway."""
    if is_postgresql(session):
        session.execute(text("LOCK TABLE recognizer_activation IN SHARE ROW EXCLUSIVE MODE"))


def stored_recognizer(session: Session, version: str) -> StoredRecognizer | None:
    """Return one version, if it was ever installed."""
    row = session.execute(select(*_COLUMNS).where(Recognizer.version == version)).first()
    return None if row is None else StoredRecognizer(*row)


def all_recognizers(session: Session) -> list[StoredRecognizer]:
    """Return every version, newest first."""
    query = select(*_COLUMNS).order_by(Recognizer.created_at.desc(), Recognizer.version)
    return [StoredRecognizer(*row) for row in session.execute(query)]


def drop_archives(session: Session, keep: Collection[str]) -> None:
    """Drop all archives but those of some versions; what is known of each version stays."""
    old = (Recognizer.archive.is_not(None), Recognizer.version.not_in(keep))
    session.execute(update(Recognizer).where(*old).values(archive=None))


def add_activation(session: Session, row: Mapping[str, Any]) -> int:
    """Make a version the active one; return the number of the activation."""
    ((number,),) = insert_rows(session, RecognizerActivation, [row], returning=["id"])
    return int(number)


def newest_activation(session: Session) -> RecognizerActivation | None:
    """Return what points to the active version; `None` while there never was another than the shipped bundle."""
    return next(iter(activations(session, limit=1)), None)


def activation(session: Session, number: int | None) -> RecognizerActivation | None:
    """Return one activation; `None` for none."""
    return None if number is None else session.get(RecognizerActivation, number)


def activations(session: Session, *, limit: int) -> Sequence[RecognizerActivation]:
    """Return activations, newest first."""
    query = select(RecognizerActivation).order_by(RecognizerActivation.id.desc())
    return session.scalars(query.limit(limit)).all()
