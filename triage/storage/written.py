"""Which messages on a server have yet to be told the band of their email."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from triage.storage import exchanges, folders
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
    email_id: int
    band: str
    told: str | None


def untold(session: Session, account_id: int, *, limit: int) -> list[Untold]:
    """Return messages whose email has a verdict that was not noted yet, and unhandled ones whose band has changed."""
    changed = _messages(account_id).where(Email.handled_at.is_(None), Location.written_band != Email.band)
    found = session.execute(_new(account_id).limit(limit)).all()
    found = found or session.execute(changed.limit(limit)).all()
    return [Untold(*row) for row in found]


def is_verdict_untold(session: Session, account_id: int) -> bool:
    """Tell whether a message has a verdict of which nothing was noted yet; cheap, however many were told."""
    return session.execute(_new(account_id).limit(1)).first() is not None


def note_told(session: Session, account_id: int, alike: Sequence[Untold]) -> None:
    """Note that the server knows a band of some messages of one folder.

    It is noted of their emails as well, which keep it under whatever UID they have later.
    """
    first = alike[0]
    exchanges.note_told_band(session, account_id, [one.email_id for one in alike], first.band)
    if folders.hold(session, first.folder_id, first.uidvalidity):
        here = (Location.folder_id == first.folder_id, Location.uid.in_([one.uid for one in alike]))
        session.execute(update(Location).where(*here).values(written_band=first.band))


def _new(account_id: int) -> Select[int, str, int, int, int, str, str | None]:
    # Said of the location too, so that the index of those that were told nothing yet is taken.
    is_untold = (Location.written_band.is_(None), Location.email_id.is_not(None))
    return _messages(account_id).where(*is_untold, Email.state == READ)


def _messages(account_id: int) -> Select[int, str, int, int, int, str, str | None]:
    columns = (Folder.id, Folder.name, Folder.uidvalidity, Location.uid, Email.id, Email.band, Location.written_band)
    return (
        select(*columns)
        .join(Location, Location.folder_id == Folder.id)
        .join(Email, Email.id == Location.email_id)
        .where(Folder.account_id == account_id)
    )
