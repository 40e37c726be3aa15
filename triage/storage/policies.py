"""Policies of mailboxes: which there were, which is in force, and what mail another one placed."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, func, select
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_rows
from triage.storage.tables import Email, Mailbox, PolicyChange


@dataclass(frozen=True, slots=True)
class NewChange:
    """A policy that a mailbox is given; without `text` it follows the policy file, whose version that is now."""

    mailbox_id: int
    version: str
    text: str | None
    author: str
    reason: str
    before_id: int | None


def lock_policy(session: Session, mailbox_id: int) -> None:
    """Let nobody else change the policy of a mailbox until this transaction ends."""
    session.execute(select(Mailbox.id).where(Mailbox.id == mailbox_id).with_for_update())


def add_change(session: Session, new: NewChange, now: datetime) -> int:
    """Put a policy in force; return the number of the change."""
    row = {
        "mailbox_id": new.mailbox_id,
        "version": new.version,
        "text": new.text,
        "author": new.author,
        "reason": new.reason,
        "before_id": new.before_id,
        "changed_at": now,
    }
    ((number,),) = insert_rows(session, PolicyChange, [row], returning=["id"])
    return int(number)


def newest_change(session: Session, mailbox_id: int) -> PolicyChange | None:
    """Return what put the policy in force; `None` where a mailbox always followed the policy file."""
    query = select(PolicyChange).where(PolicyChange.mailbox_id == mailbox_id).order_by(PolicyChange.id.desc())
    return session.scalars(query.limit(1)).first()


def change(session: Session, number: int | None) -> PolicyChange | None:
    """Return one change; `None` for none."""
    return None if number is None else session.get(PolicyChange, number)


def changes_of(session: Session, mailbox_id: int, *, limit: int) -> Sequence[PolicyChange]:
    """Return the changes of a mailbox, newest first."""
    query = select(PolicyChange).where(PolicyChange.mailbox_id == mailbox_id).order_by(PolicyChange.id.desc())
    return session.scalars(query.limit(limit)).all()


def in_force(session: Session) -> dict[int, int]:
    """Return of each mailbox that was given a policy the number of the change that is in force."""
    query = select(PolicyChange.mailbox_id, func.max(PolicyChange.id)).group_by(PolicyChange.mailbox_id)
    return dict(session.execute(query).all())


def changes_by_id(session: Session, numbers: Collection[int]) -> list[PolicyChange]:
    """Return changes by their numbers."""
    return list(session.scalars(select(PolicyChange).where(PolicyChange.id.in_(numbers)))) if numbers else []


def placed_by_others(session: Session, mailbox_id: int, version: str, *, limit: int) -> list[int]:
    """Return unhandled emails that were placed by another policy, or before anybody noted by which."""
    found: list[int] = []
    for others in _others(version):
        if len(found) < limit:
            query = select(Email.id).where(*_open(mailbox_id), others).order_by(Email.policy_version, Email.id)
            found += session.scalars(query.limit(limit - len(found)))
    return found


def count_placed_by_others(session: Session, mailbox_id: int, version: str) -> int:
    """Return how many unhandled emails were placed by another policy."""
    counts = (select(func.count()).where(*_open(mailbox_id), others) for others in _others(version))
    return sum(session.scalar(count.select_from(Email)) or 0 for count in counts)


def count_open(session: Session, mailbox_id: int) -> int:
    """Return how many unhandled emails a mailbox has."""
    return session.scalar(select(func.count()).select_from(Email).where(*_open(mailbox_id))) or 0


def _open(mailbox_id: int) -> Sequence[ColumnElement[bool]]:
    return Email.mailbox_id == mailbox_id, Email.handled_at.is_(None)


def _others(version: str) -> Sequence[ColumnElement[bool]]:
    # Ranges of the index; asked for what is unequal, a database would walk over all of it.
    return Email.policy_version.is_(None), Email.policy_version < version, Email.policy_version > version
