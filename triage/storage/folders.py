"""How far folders of accounts are read, and which message there is which email of ours."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlalchemy import CursorResult, delete, select, update
from sqlalchemy.orm import Session

from triage.errors import AccountNotFound
from triage.storage import accounts, emails, exchanges
from triage.storage.dialect import insert_rows
from triage.storage.tables import Folder, Location


def folder_of(session: Session, account_id: int, name: str) -> Folder | None:
    """Return how far a folder is read, or `None` when it never was."""
    return session.scalar(select(Folder).where(Folder.account_id == account_id, Folder.name == name))


def begin_folder(
    session: Session, account_id: int, name: str, *, uidvalidity: int, first_uid: int, last_uid: int
) -> Folder:
    """Begin to read a folder, or begin anew when its UIDs are void: what was known by them is forgotten.

    Raises:
        AccountNotFound: The account was removed meanwhile.
    """
    if not accounts.hold(session, account_id):
        raise AccountNotFound(f"number {account_id}")
    values = {"uidvalidity": uidvalidity, "first_uid": first_uid, "last_uid": last_uid, "verified_at": None}
    insert_rows(
        session, Folder, [{"account_id": account_id, "name": name, **values}], unless_there=["account_id", "name"]
    )
    folder = folder_of(session, account_id, name)
    assert folder is not None  # noqa: S101 (just inserted, by us or by another)
    # The folder first: whoever notes messages of it holds it too, and another may have begun it anew meanwhile.
    void = (Folder.id == folder.id, Folder.uidvalidity != uidvalidity)
    begun = session.execute(update(Folder).where(*void).values(values).execution_options(synchronize_session=False))
    assert isinstance(begun, CursorResult)  # noqa: S101 (an UPDATE gives nothing else)
    if begun.rowcount:
        session.execute(delete(Location).where(Location.folder_id == folder.id))
    session.refresh(folder)
    return folder


def hold(session: Session, folder_id: int, uidvalidity: int) -> bool:
    """Let nobody declare the UIDs of a folder void before the transaction ends; `False` when they are already."""
    return session.scalar(select(Folder.uidvalidity).where(Folder.id == folder_id).with_for_update()) == uidvalidity


def note_known(session: Session, folder_id: int, uidvalidity: int, found: Mapping[int, int | None]) -> bool:
    """Write down which messages, by UID, are which emails; `False` when their UIDs have become void meanwhile.

    Safe to repeat. An email that was deleted meanwhile stays known by its UID alone.
    """
    there = emails.lock(session, sorted({email_id for email_id in found.values() if email_id is not None}))
    if not hold(session, folder_id, uidvalidity):
        return False
    told = exchanges.told_bands(session, _account_of(session, folder_id), there)
    rows: list[dict[str, object]] = [
        {"folder_id": folder_id, "uid": uid, "email_id": email_id, "written_band": told.get(email_id or 0)}
        for uid, email_id in _those_there(found, set(there)).items()
    ]
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


def emails_at(session: Session, folder_id: int, uidvalidity: int, uids: Sequence[int]) -> list[int]:
    """Return the emails that messages are, by their UIDs; none when these have become void."""
    query = (
        select(Location.email_id)
        .join(Folder, Folder.id == Location.folder_id)
        .where(Folder.id == folder_id, Folder.uidvalidity == uidvalidity, Location.uid.in_(uids))
    )
    return sorted({email_id for email_id in session.scalars(query) if email_id is not None})


def _account_of(session: Session, folder_id: int) -> int:
    return session.scalars(select(Folder.account_id).where(Folder.id == folder_id)).one()


def _those_there(found: Mapping[int, int | None], there: Collection[int]) -> dict[int, int | None]:
    return {uid: email_id if email_id in there else None for uid, email_id in found.items()}
