"""Telling the trail, and other systems, what people said of emails and what they took back."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from triage.audit import note_each
from triage.feedback.saying import Saying
from triage.labels import Source
from triage.outbox import Event, announce_emails
from triage.storage import emails

# What rules and files say by the thousand is in the trail, and no news to other systems.
BY_PERSONS = (Source.HUMAN, Source.CLIENT)


def tell_said(
    session: Session,
    source: Source,
    said: Mapping[int, Saying],
    label_ids: Mapping[int, int],
    mailbox_of: Mapping[int, int],
) -> None:
    """Tell what was said of emails, once they stand where that puts them; all is by email."""
    told = {
        email_id: {"label": label_ids[email_id], "said": saying.statement.as_json(), "author": saying.author}
        for email_id, saying in said.items()
    }
    of_source = {email_id: {**one, "source": source.value} for email_id, one in told.items()}
    note_each(session, "label.added", {email_id: mailbox_of[email_id] for email_id in said}, of_source)
    if source in BY_PERSONS:
        announce_emails(session, Event.EMAIL_CORRECTED, sorted(said), told)


def tell_withdrawn(session: Session, label_ids: Mapping[int, int], *, by: str) -> None:
    """Tell which labels were taken back, once their emails stand where that puts them; the emails are by label."""
    told = {email_id: {"label": label_id, "withdrawn_by": by} for label_id, email_id in label_ids.items()}
    note_each(session, "label.withdrawn", emails.mailboxes_of(session, sorted(told)), told)
    announce_emails(session, Event.EMAIL_CORRECTED, sorted(told), told)
