"""Finding mail that Redis lost, and putting it back.

The stream holds an email from its commit until its verdict. So one that waits in the database and was enqueued before
the oldest entry of the stream is not in it any more; with an empty stream, none is. A long backlog is therefore never
enqueued twice.

Both times are wall-clock times, and a wall clock may be set back. Then the entries of the stream seem to come from the
future, and say nothing until it is empty; and so do emails, which are taken for lost with the others, once.
"""

from datetime import datetime, timedelta

import structlog

from triage.queue import Doorbell, MailStream
from triage.storage import emails
from triage.storage.session import Database

log = structlog.get_logger(__name__)

# Clocks of the database's writers and of Redis may differ by this much without harm.
CLOCK_TOLERANCE = timedelta(seconds=10)


def reconcile(
    database: Database,
    stream: MailStream,
    doorbell: Doorbell,
    *,
    older_than: timedelta,
    now: datetime,
    limit: int = 10_000,
) -> int:
    """Enqueue emails that have waited for long and are in the stream no more; return how many.

    Safe to repeat, and harmless where it errs: an email in the stream twice is read once.

    Raises:
        TransientError: Redis or the database does not answer.
    """
    before = now - older_than
    oldest = stream.oldest_entry_at()
    if oldest is not None and oldest > now + CLOCK_TOLERANCE:
        return 0
    if oldest is not None:
        before = min(before, oldest - CLOCK_TOLERANCE)
    with database.unit_of_work() as session:
        lost = emails.lost_emails(session, before=before, after=now + CLOCK_TOLERANCE, limit=limit)
        emails.mark_enqueued(session, lost, now)
    if lost:
        stream.add(lost)
        doorbell.ring()
        log.info("lost emails enqueued again", count=len(lost))
    return len(lost)
