"""Finding mail and images that Redis lost, and putting them back.

A stream holds an email from its commit until its verdict, or an image until its finding. So one that waits in the
database and was enqueued before the oldest entry of its stream is not in it any more; with an empty stream, none is. A
long backlog is therefore never enqueued twice.

Both times are wall-clock times, and a wall clock may be set back. Then the entries of the stream seem to come from the
future, and say nothing until it is empty; and so do rows, which are taken for lost with the others, once.
"""

from datetime import datetime, timedelta

import structlog

from triage.queue import Doorbell, WorkStream
from triage.storage.queued import EMAILS, Queued
from triage.storage.session import Database

log = structlog.get_logger(__name__)

# Clocks of the database's writers and of Redis may differ by this much without harm.
CLOCK_TOLERANCE = timedelta(seconds=10)
MOST_NAMED = 128  # in one line of the log


def reconcile(
    database: Database,
    stream: WorkStream,
    doorbell: Doorbell,
    *,
    backlog: Queued = EMAILS,
    older_than: timedelta,
    now: datetime,
    limit: int = 10_000,
) -> int:
    """Enqueue what has waited for long and is in the stream no more; return how many.

    Safe to repeat, and harmless where it errs: what is in the stream twice is read once.

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
        lost = backlog.lost(session, before=before, after=now + CLOCK_TOLERANCE, limit=limit)
        backlog.mark_enqueued(session, lost, now)
    if lost:
        stream.add(lost)
        doorbell.ring()
        told = {f"{backlog.name}_ids": lost[:MOST_NAMED]}
        log.info("lost work enqueued again", what=f"{backlog.name}s", count=len(lost), **told)
    return len(lost)
