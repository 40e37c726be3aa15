"""Response targets: that an email was not answered in time is noted once, when that happens."""

from datetime import datetime

import structlog

from triage.storage import targets
from triage.storage.session import Database

log = structlog.get_logger(__name__)

# Emails noted in one transaction.
BATCH = 500


def note_breaches(database: Database, now: datetime) -> int:
    """Note which open emails should have been answered by now; return how many.

    Safe to repeat, and by several at a time: each is noted once. Who is stopped leaves the rest to the next call.
    """
    noted = 0
    while True:
        with database.unit_of_work() as session:
            breached = targets.breached_now(session, now, limit=BATCH)
            targets.note_breached(session, [email_id for email_id, *_ in breached])
        for email_id, mailbox_id, band in breached:
            log.warning("email not answered in time", email_id=email_id, mailbox_id=mailbox_id, band=band)
        noted += len(breached)
        if len(breached) < BATCH:
            return noted
