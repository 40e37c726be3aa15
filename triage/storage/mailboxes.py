"""Mailboxes by name."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.errors import MailboxNotFound
from triage.storage.dialect import insert_rows
from triage.storage.reach import reaches
from triage.storage.tables import Mailbox


def mailbox_id(session: Session, name: str) -> int | None:
    """Return the id of a mailbox, or `None` when no mail was ever accepted for it."""
    return session.scalar(select(Mailbox.id).where(Mailbox.name == name))


def require_mailbox(session: Session, name: str) -> int:
    """Return the id of a mailbox.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    known = mailbox_id(session, name)
    if known is None:
        raise MailboxNotFound(name)
    return known


def ensure_mailbox(session: Session, name: str, now: datetime) -> int:
    """Return the id of a mailbox, making it when it is new; two that make it at once get the same.

    Raises:
        MailboxNotFound: It is out of reach, whether it is there or not.
    """
    if not reaches(session, name):
        raise MailboxNotFound(name)
    known = mailbox_id(session, name)
    if known is not None:
        return known
    insert_rows(session, Mailbox, [{"name": name, "created_at": now}], unless_there=["name"])
    made = mailbox_id(session, name)
    assert made is not None  # noqa: S101 (just inserted, by us or by another)
    return made


def name_of(session: Session, mailbox_id: int) -> str:
    """Return the name of a mailbox that is there."""
    return session.scalars(select(Mailbox.name).where(Mailbox.id == mailbox_id)).one()


def mailbox_names(session: Session) -> list[str]:
    """Return all mailboxes by name."""
    return list(session.scalars(select(Mailbox.name).order_by(Mailbox.name)))


def names_by_id(session: Session) -> dict[int, str]:
    """Return the name of each mailbox by its number."""
    return dict(session.execute(select(Mailbox.id, Mailbox.name)).all())
