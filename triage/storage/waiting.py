"""How much mail waits for a verdict."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.storage.emails import IS_QUEUED
from triage.storage.tables import Email


@dataclass(frozen=True, slots=True)
class Waiting:
    """The mail that waits.

    Attributes:
        oldest: When the one that has waited longest was last enqueued; `None` when none waits.
    """

    count: int
    oldest: datetime | None


def waiting(session: Session) -> Waiting:
    """Return how much mail waits; walks over one index that has such mail alone."""
    query = select(func.count(), func.min(Email.enqueued_at)).where(IS_QUEUED)
    count, oldest = session.execute(query).one()
    return Waiting(count, oldest)
