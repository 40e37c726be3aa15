"""Forgetting events that were sent, or given up, long ago."""

from datetime import datetime, timedelta

from triage.storage import outbox
from triage.storage.session import Database

# For as long each can be sent again.
DELIVERED_KEPT, FAILED_KEPT = timedelta(days=7), timedelta(days=30)


def forget_sent(database: Database, now: datetime) -> int:
    """Forget them, some in each transaction; return how many. Safe to repeat."""
    count = 0
    while True:
        with database.unit_of_work() as session:
            gone = outbox.forget(session, delivered_before=now - DELIVERED_KEPT, failed_before=now - FAILED_KEPT)
        count += gone
        if gone < outbox.BATCH:
            return count
