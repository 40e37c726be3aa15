"""What to do with emails that were set aside (dead letters): try again, or leave them be."""

from collections.abc import Sequence
from datetime import datetime

import structlog

from triage.errors import QueueUnavailable
from triage.queue import Doorbell, MailStream
from triage.storage import emails
from triage.storage.failures import failed_emails
from triage.storage.session import Database

log = structlog.get_logger(__name__)


def retry(
    database: Database, stream: MailStream, doorbell: Doorbell, email_ids: Sequence[int] | None, now: datetime
) -> list[int]:
    """Give emails that were set aside, or all of them, five fresh attempts; return which.

    Safe to repeat: one that waits already is not among them.
    """
    with database.unit_of_work() as session:
        wanted = [email.id for email in failed_emails(session, email_ids)]
        again = emails.requeue(session, wanted, now)
    try:
        if again:
            stream.add(again)
            doorbell.ring()
    except QueueUnavailable as error:
        log.warning("emails to be tried again but not enqueued", count=len(again), error=str(error))
    return again


def discard(database: Database, email_ids: Sequence[int], now: datetime) -> list[int]:
    """Take emails that were set aside off the inbox and this list; return which. Their bytes stay stored."""
    with database.unit_of_work() as session:
        wanted = [email.id for email in failed_emails(session, email_ids)]
        for email_id in wanted:
            emails.set_handled(session, email_id, now)
    return wanted
