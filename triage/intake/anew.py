"""Parsing again what was stored and set aside as no mail that we read: a later release may read it."""

from datetime import datetime

from sqlalchemy.orm import Session

from triage.errors import InvalidSubmission, MalformedMessage
from triage.intake.images import images_of
from triage.intake.rows import rows_of
from triage.intake.submission import Submission, parse_submission
from triage.intake.threads import threads_of
from triage.mail import Message
from triage.ranking import Policies
from triage.storage import emails, images


def parse_anew(
    session: Session, email_id: int, policy: Policies, now: datetime
) -> MalformedMessage | InvalidSubmission | None:
    """Store what a stored email says, as intake does; return why it still cannot be read, if so.

    Raises:
        EmailNotFound: It is not stored.
    """
    email, stored = emails.email_by_id(session, email_id), emails.message_of(session, email_id)
    if len(stored.raw) < email.size_bytes:
        return MalformedMessage(
            "only the beginning of the message is stored, for it is too large; read it in a mail program"
        )
    submission = Submission(stored.raw, stored.media_type, received_at=email.received_at)
    parsed = parse_submission(submission)
    if not isinstance(parsed, Message):
        return parsed
    (thread_id,) = threads_of(session, email.mailbox_id, {email.digest: parsed})
    emails.replace_content(
        session, email_id, rows_of(email.digest, submission, parsed, thread_id, policy.of(email.mailbox_id), now)
    )
    # The reconciler enqueues them.
    images.insert_images(session, images_of(parsed, email.mailbox_id, email_id, now))
    return None
