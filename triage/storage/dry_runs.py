"""Where open mail stands, and what it would stand on under another policy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.storage.tables import Email, Verdict
from triage.storage.verdicts import OF_THIS_VERSION


@dataclass(frozen=True, slots=True)
class StandingEmail:
    """An open email where it stands; `distributions` and `language` are `None` before it was read."""

    id: int
    rank_at: datetime
    priority: float
    band: str
    received_at: datetime
    stored_at: datetime
    subject: str
    sender_address: str
    distributions: Mapping[str, Any] | None
    language: str | None


def standing_emails(session: Session, mailbox_id: int, *, limit: int) -> Sequence[StandingEmail]:
    """Return the open emails of a mailbox, most pressing first; those that are put off are among them."""
    query = (
        select(
            Email.id,
            Email.rank_at,
            Email.priority,
            Email.band,
            Email.received_at,
            Email.stored_at,
            Email.subject,
            Email.sender_address,
            Verdict.distributions,
            Verdict.language,
        )
        .outerjoin(Verdict, OF_THIS_VERSION)
        .where(Email.mailbox_id == mailbox_id, Email.handled_at.is_(None))
        .order_by(Email.rank_at, Email.id)
        .limit(limit)
    )
    return [StandingEmail(*row) for row in session.execute(query)]
