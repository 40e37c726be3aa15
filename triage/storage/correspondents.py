"""Mail that somebody wrote, or that was written to them."""

import json
from collections.abc import Sequence

from sqlalchemy import Text, cast, func, or_, select
from sqlalchemy.orm import Session

from triage.storage.tables import Email, Label, Mailbox, Message, Verdict

Row = tuple[Email, str, Message, Verdict | None]


def emails_of(session: Session, address: str, *, mailbox_id: int | None, after: int, limit: int) -> list[int]:
    """Return emails from or to an address, after a number, by id; case is no matter. Walks over all mail."""
    wanted = address.lower()
    # SQLite keeps JSON with letters beyond ASCII escaped, PostgreSQL as they are.
    named = func.lower(cast(Email.recipients, Text))
    spelled = {json.dumps(wanted, ensure_ascii=False), json.dumps(wanted)}
    is_named = or_(*(named.contains(one, autoescape=True) for one in sorted(spelled)))
    query = (
        select(Email.id, Email.sender_address, Email.recipients)
        .where(Email.id > after, or_(func.lower(Email.sender_address) == wanted, is_named))
        .order_by(Email.id)
        .limit(limit)
    )
    if mailbox_id is not None:
        query = query.where(Email.mailbox_id == mailbox_id)
    return [email_id for email_id, _, _ in session.execute(query)]


def rows_of(session: Session, email_ids: Sequence[int]) -> tuple[list[Row], dict[int, list[Label]]]:
    """Return all that is kept of emails, by id, and what people said of them."""
    query = (
        select(Email, Mailbox.name, Message, Verdict)
        .join(Mailbox, Mailbox.id == Email.mailbox_id)
        .join(Message, Message.email_id == Email.id)
        .outerjoin(Verdict, (Verdict.email_id == Email.id) & (Verdict.model_version == Email.model_version))
        .where(Email.id.in_(email_ids))
        .order_by(Email.id)
    )
    labels: dict[int, list[Label]] = {}
    for label in session.scalars(select(Label).where(Label.email_id.in_(email_ids)).order_by(Label.id)):
        labels.setdefault(label.email_id, []).append(label)
    return [(row[0], row[1], row[2], row[3]) for row in session.execute(query)], labels
