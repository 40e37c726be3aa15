"""Which messages on a server have yet to be told the band of their email."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from triage.storage.emails import READ
from triage.storage.tables import Email, Folder, Location


@dataclass(frozen=True, slots=True)
class Untold:
    """A message whose server knows another band of it than we, or none.

    Attributes:
        told: The band that was noted before; `None` for none.
    """

    folder_id: int
    folder: str
    uidvalidity: int
    uid: int
    band: str
    told: str | None


def untold(session: Session, account_id: int, *, limit: int) -> list[Untold]:
    """Return messages whose email has a verdict that was not noted yet, and unhandled ones whose band has changed."""
    new = _messages(account_id).where(Location.written_band.is_(None), Email.state == READ)
    changed = _messages(account_id).where(Email.handled_at.is_(None), Location.written_band != Email.band)
    found = session.execute(new.limit(limit)).all()
    found = found or session.execute(changed.limit(limit)).all()
    return [Untold(*row) for row in found]


def note_told(session: Session, folder_id: int, uids: Sequence[int], band: str) -> None:
    """Note that the server knows a band."""
    here = (Location.folder_id == folder_id, Location.uid.in_(uids))
    session.execute(update(Location).where(*here).values(written_band=band))


def _messages(account_id: int) -> Select[int, str, int, int, str, str | None]:
    columns = (Folder.id, Folder.name, Folder.uidvalidity, Location.uid, Email.band, Location.written_band)
    return (
        select(*columns)
        .join(Location, Location.folder_id == Folder.id)
        .join(Email, Email.id == Location.email_id)
        .where(Folder.account_id == account_id)
    )
