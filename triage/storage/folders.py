"""How far folders of accounts are read, and which message there is which email of ours."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import Folder, Location


def folder_of(session: Session, account_id: int, name: str) -> Folder | None:
    """Return how far a folder is read, or `None` when it never was."""
    return session.scalar(select(Folder).where(Folder.account_id == account_id, Folder.name == name))


def folders_of(session: Session, account_id: int) -> list[Folder]:
    """Return the folders of an account that were read, by name."""
    return list(session.scalars(select(Folder).where(Folder.account_id == account_id).order_by(Folder.name)))


def begin_folder(
    session: Session, account_id: int, name: str, *, uidvalidity: int, first_uid: int, last_uid: int
) -> Folder:
    """Begin to read a folder, or begin anew when its UIDs are void: what was known by them is forgotten."""
    values = {"uidvalidity": uidvalidity, "first_uid": first_uid, "last_uid": last_uid, "verified_at": None}
    insert_rows(
        session, Folder, [{"account_id": account_id, "name": name, **values}], unless_there=["account_id", "name"]
    )
    folder = folder_of(session, account_id, name)
    assert folder is not None  # noqa: S101 (just inserted, by us or by another)
    if folder.uidvalidity != uidvalidity:
        session.execute(delete(Location).where(Location.folder_id == folder.id))
        session.execute(update(Folder).where(Folder.id == folder.id).values(values))
    return folder


def note_known(session: Session, folder_id: int, uidvalidity: int, emails: Mapping[int, int | None]) -> bool:
    """Write down which messages, by UID, are which emails; `False` when their UIDs have become void meanwhile.

    Safe to repeat. The folder is locked to the end of the transaction, so that nobody declares its UIDs void meanwhile.
    """
    locked = select(Folder.uidvalidity).where(Folder.id == folder_id).with_for_update()
    if session.scalar(locked) != uidvalidity:
        return False
    rows = [{"folder_id": folder_id, "uid": uid, "email_id": email_id} for uid, email_id in emails.items()]
    insert_rows(session, Location, rows, unless_there=["folder_id", "uid"])
    return True


def move_cursor(session: Session, folder_id: int, uidvalidity: int, last_uid: int) -> None:
    """Write down that everything up to a UID is known; never back."""
    ahead = (Folder.id == folder_id, Folder.uidvalidity == uidvalidity, Folder.last_uid < last_uid)
    session.execute(update(Folder).where(*ahead).values(last_uid=last_uid))


def note_verified(session: Session, folder_id: int, now: datetime) -> None:
    """Write down that what is there was compared with what is known."""
    session.execute(update(Folder).where(Folder.id == folder_id).values(verified_at=now))


def known_uids(session: Session, folder_id: int, first: int, last: int) -> set[int]:
    """Return the UIDs from `first` to `last` that are known."""
    query = select(Location.uid).where(Location.folder_id == folder_id, Location.uid.between(first, last))
    return set(session.scalars(query))


def note_flag(session: Session, folder_id: int, uids: Sequence[int], flag: str) -> list[int]:
    """Note a flag of messages; return the emails of those that were not known to have it. Safe to repeat."""
    query = (
        select(Location)
        .where(Location.folder_id == folder_id, Location.uid.in_(uids), Location.email_id.is_not(None))
        .with_for_update()
    )
    new = [location for location in session.scalars(query) if flag not in (location.seen_flags or [])]
    for location in new:
        location.seen_flags = [*(location.seen_flags or []), flag]
    return [location.email_id for location in new if location.email_id is not None]


def count_known(session: Session, folder_id: int) -> int:
    """Return how many messages of a folder are known."""
    return session.scalar(select(func.count()).select_from(Location).where(Location.folder_id == folder_id)) or 0
