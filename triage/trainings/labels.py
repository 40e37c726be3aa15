"""The labels of a mailbox, as a training chooses among them."""

from sqlalchemy.orm import Session

from triage.storage import topics, trainings
from triage.trainings.selection import Selection, Spoken, select
from triage.trainings.sides import Sent


def selection_of(session: Session, mailbox_id: int) -> Selection:
    """Return what a training of a mailbox would work with now; no email is read."""
    spoken = [
        Spoken(
            row.label_id,
            Sent(row.email_id, row.thread_id, row.sender, row.begun_by),
            row.said,
            row.source,
            row.said_at,
            row.is_withdrawn,
        )
        for row in trainings.label_rows(session, mailbox_id)
    ]
    has_now = [topic.name for topic in topics.topics_of(session, mailbox_id) if topic.retired_at is None]
    return select(spoken, has_now)
