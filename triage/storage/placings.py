"""How far the mail of each mailbox was placed by its memory, and which mail comes next."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, tuple_, update
from sqlalchemy.orm import Session

from triage.storage.emails import IS_QUEUED, READ
from triage.storage.memories import Fitted, fitted_from
from triage.storage.tables import Email, Memory

# Emails before the newest that may have been in the hands of a worker when a memory was fitted.
LATE = 5000


@dataclass(frozen=True, slots=True)
class Placing:
    """How far the mail of a mailbox was placed by its memory.

    Attributes:
        rank_at: Mail that stands before is placed; `None` where none is, or all of it.
        email_id: The last that was placed.
        since: Mail from this number on may have been read since the memory was fitted, and with the memory before.
        is_late: All mail that had been read is placed, and what was read since is left to see to.
    """

    since: int
    rank_at: datetime | None = None
    email_id: int = 0
    is_late: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        moment = None if self.rank_at is None else self.rank_at.isoformat()
        return {"since": self.since, "rank_at": moment, "email_id": self.email_id, "is_late": self.is_late}


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A memory by which not all mail is placed yet."""

    mailbox_id: int
    fitted: Fitted
    fitted_at: datetime
    placing: Placing


def unplaced(session: Session) -> list[Unplaced]:
    """Return the memories by which not all mail is placed yet."""
    query = select(Memory).where(Memory.placed_at.is_(None), Memory.placed_to.is_not(None)).order_by(Memory.mailbox_id)
    return [
        Unplaced(
            memory.mailbox_id,
            fitted_from(memory.generation, memory.model_version, memory.labels_seen, memory.evidence),
            memory.fitted_at,
            _placing(memory.placed_to or {}),
        )
        for memory in session.scalars(query)
    ]


def hold(session: Session, mailbox_id: int, generation: int) -> Placing | None:
    """Let nobody else fit or place by a memory until this transaction ends; return how far mail is placed by it.

    That is `None` where all of it is, or where there was another fit since.
    """
    of_this = (Memory.mailbox_id == mailbox_id, Memory.generation == generation, Memory.placed_at.is_(None))
    stored = session.scalar(select(Memory.placed_to).where(*of_this).with_for_update())
    return None if stored is None else _placing(stored)


def note_placing(session: Session, mailbox_id: int, generation: int, placing: Placing | None, now: datetime) -> None:
    """Note how far mail is placed by a memory, `None` when all of it is; nothing where there was another fit since."""
    of_this = (Memory.mailbox_id == mailbox_id, Memory.generation == generation)
    told = {"placed_at": now} if placing is None else {"placed_to": placing.as_json()}
    session.execute(update(Memory).where(*of_this).values(told).execution_options(synchronize_session=False))


def first_unread(session: Session) -> int:
    """Return a number below which all emails have been read, but for some that are tried again."""
    newest = session.scalar(select(func.max(Email.id))) or 0
    waits_longest = session.scalar(select(Email.id).where(IS_QUEUED).order_by(Email.enqueued_at).limit(1))
    return max(min(newest - LATE, newest if waits_longest is None else waits_longest), 0)


def standing(session: Session, mailbox_id: int, placing: Placing, *, limit: int) -> list[tuple[datetime, int]]:
    """Return where the next unhandled emails stand that a model has read: most pressing first, or late ones by id."""
    # Of late mail by its number; SQLite would take an index of the mailbox, and sort all of it each time.
    is_of_mailbox = (Email.mailbox_id + 0 if placing.is_late else Email.mailbox_id) == mailbox_id
    of_mailbox = (is_of_mailbox, Email.handled_at.is_(None), Email.state == READ)
    query = select(Email.rank_at, Email.id).where(*of_mailbox).limit(limit)
    if placing.is_late:
        query = query.where(Email.id > max(placing.email_id, placing.since - 1)).order_by(Email.id)
    else:
        query = query.order_by(Email.rank_at, Email.id)
        if placing.rank_at is not None:
            query = query.where(tuple_(Email.rank_at, Email.id) > tuple_(placing.rank_at, placing.email_id))
    return [(rank_at, email_id) for rank_at, email_id in session.execute(query)]


def _placing(stored: Mapping[str, Any]) -> Placing:
    moment = stored["rank_at"]
    rank_at = None if moment is None else datetime.fromisoformat(moment)
    return Placing(stored["since"], rank_at, stored["email_id"], stored["is_late"])
