"""Rows that wait for a worker, emails and images alike: their attempts, their errors, and those that Redis lost.

Attempts are counted in the row, because Redis keeps no count of ours.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, literal, or_, select, update
from sqlalchemy.orm import Session

from triage.storage.emails import FAILED, LONGEST_ERROR, QUEUED
from triage.storage.tables import Email, Image


@dataclass(frozen=True, slots=True)
class Queued:
    """The rows of one table.

    Attributes:
        name: What one of them is called: `email` or `image`.
    """

    table: type[Email] | type[Image]
    name: str

    def attempts_of(self, session: Session, ids: Sequence[int]) -> dict[int, int]:
        """Return how often each that waits was begun without an end."""
        query = select(self.table.id, self.table.attempts).where(self.table.id.in_(ids), self.table.state == QUEUED)
        return dict(session.execute(query).all())

    def set_attempts(self, session: Session, one: int, attempts: int) -> None:
        """Write down that one begins once more."""
        session.execute(update(self.table).where(self.table.id == one).values(attempts=attempts))

    def set_aside(self, session: Session, one: int, *, error: str, stage: str, attempts: int, now: datetime) -> None:
        """Take one out of the queue with the reason; an email stays listed at the priority it has.

        They are grouped by `error`: the same cause must be told in the same words.
        """
        values = {
            "state": FAILED,
            "error": error[:LONGEST_ERROR],
            "error_stage": stage,
            "attempts": attempts,
            "failed_at": now,
        }
        session.execute(update(self.table).where(self._waits(one)).values(values))

    def note_error(self, session: Session, one: int, *, error: str, stage: str, now: datetime) -> None:
        """Keep what went wrong with one that will be tried again."""
        values = {"error": error[:LONGEST_ERROR], "error_stage": stage, "enqueued_at": now}
        session.execute(update(self.table).where(self._waits(one)).values(values))

    def mailbox_of(self, session: Session, one: int) -> int | None:
        """Return the mailbox of one, for the log."""
        return session.scalar(select(self.table.mailbox_id).where(self.table.id == one))

    def lost(self, session: Session, *, before: datetime, after: datetime, limit: int) -> list[int]:
        """Return those that wait and were enqueued before a time, or after one yet to come, and lock them."""
        at = self.table.enqueued_at
        # Written out in the statement, so that the index of what waits is used.
        is_queued = self.table.state == literal(QUEUED, literal_execute=True)
        query = select(self.table.id).where(is_queued, or_(at < before, at > after)).order_by(at).limit(limit)
        return list(session.scalars(query.with_for_update(skip_locked=True)))

    def mark_enqueued(self, session: Session, ids: Sequence[int], now: datetime) -> None:
        """Write down that some were enqueued again."""
        session.execute(update(self.table).where(self.table.id.in_(ids)).values(enqueued_at=now))

    def _waits(self, one: int) -> ColumnElement[bool]:
        return (self.table.id == one) & (self.table.state == QUEUED)


EMAILS = Queued(Email, "email")
IMAGES = Queued(Image, "image")
