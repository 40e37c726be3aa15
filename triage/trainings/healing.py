"""Trainings that nobody works on: which wait for a worker, and which have waited too long."""

from datetime import datetime, timedelta

from triage.storage import trainings
from triage.storage.session import Database
from triage.storage.tables import Training

# Silence after which a worker that trains is thought dead.
SILENT_AFTER = timedelta(seconds=30)
# Longest that a training waits for a worker.
UNTAKEN_AFTER = timedelta(hours=24)


def heal(database: Database, now: datetime) -> tuple[list[int], bool]:
    """End trainings that nobody has taken up for a day; return them, and whether any waits for a worker."""
    reason = "no training worker took it up for a day; start one with `triage worker train`, and ask again"
    with database.unit_of_work() as session:
        ended = trainings.fail_waiting(session, requested_before=now - UNTAKEN_AFTER, reason=reason, now=now)
        waiting = [one for one in trainings.unfinished_trainings(session) if _waits(one, now)]
    return ended, bool(waiting)


def _waits(training: Training, now: datetime) -> bool:
    if training.state == trainings.QUEUED or training.beat_at is None:
        return True
    return training.beat_at < now - SILENT_AFTER
