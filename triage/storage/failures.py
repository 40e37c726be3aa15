"""Emails that were set aside (dead letters)."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.storage.emails import FAILED
from triage.storage.tables import Email


def failed_emails(session: Session, email_ids: Sequence[int] | None = None) -> Sequence[Email]:
    """Return what was set aside and nobody has discarded, oldest first; of given ids, those among it."""
    query = select(Email).where(Email.state == FAILED, Email.handled_at.is_(None)).order_by(Email.id)
    if email_ids is not None:
        query = query.where(Email.id.in_(email_ids))
    return session.scalars(query).all()
