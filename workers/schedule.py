"""What beat sends, and how often. A message that waits for longer than its interval is dropped, not piled up.

Intervals are measured on the monotonic clock. By the wall clock, Celery's own, a schedule stands still for as long as
that is set back: an hour, where a machine loses its time or a person mends it.
"""

from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from celery.schedules import schedule

from triage.queue.names import (
    BEGIN_READING_AGAIN,
    COUNT_ARRIVALS,
    FORGET_SENT,
    LEARN,
    NOTE_BREACHES,
    PLACE_BY_POLICY,
    PURGE,
    RECONCILE,
    RING_DOORBELL,
    SEE_TO_TRAININGS,
    TELL_WEBHOOKS,
    WAKE,
    WEIGH,
)

SCHEDULER = "workers.scheduler:Scheduler"


def steady_now() -> datetime:
    """Return a time that never jumps; only its differences mean anything."""
    return datetime.fromtimestamp(monotonic(), UTC)


def every(seconds: float) -> schedule:
    """Return a schedule that is due that long after it was due last."""
    return schedule(timedelta(seconds=seconds), nowfun=steady_now)


# By the steady clock, when the machine started: each task is due at once when beat starts.
LONG_AGO = datetime.fromtimestamp(0, UTC)


def _entry(task: str, *, seconds: float) -> dict[str, Any]:
    """Return what is sent every so many seconds, at once when beat starts, and dropped where it waits for longer."""
    return {
        "task": task,
        "schedule": every(seconds),
        "last_run_at": LONG_AGO,
        "options": {"expires": float(seconds)},
    }


SCHEDULE: dict[str, dict[str, Any]] = {
    # Heals a doorbell message that was lost, and finds what a dead worker left in the stream.
    "ring the doorbell": _entry(RING_DOORBELL, seconds=5),
    "enqueue lost emails again": _entry(RECONCILE, seconds=10),
    # Puts mail back into the inbox that was put off until now.
    "wake mail": _entry(WAKE, seconds=5),
    # Notes which mail should have been answered by now.
    "note breaches": _entry(NOTE_BREACHES, seconds=5),
    # Learns from what people did with mail how much that of its senders counts.
    "weigh what people did": _entry(WEIGH, seconds=5),
    # Finds mail that another policy placed than the one in force, and goes on where a worker stopped.
    "place by policies": _entry(PLACE_BY_POLICY, seconds=5),
    # Heals a call to learn that was lost, and goes on where a worker stopped.
    "learn from labels": _entry(LEARN, seconds=5),
    # Finds mail that an active version has not read: it was activated, shipped anew, or the turn of a worker got lost.
    "read mail again": _entry(BEGIN_READING_AGAIN, seconds=10),
    # Begins those that are due, and calls for a worker for those that a dead one left or whose call was lost.
    "see to trainings": _entry(SEE_TO_TRAININGS, seconds=10),
    # Sends events that are due, for the first time or again.
    "tell webhooks": _entry(TELL_WEBHOOKS, seconds=2),
    "forget events that were sent": _entry(FORGET_SENT, seconds=600),
    # Lets go of mail whose time is over.
    "purge": _entry(PURGE, seconds=600),
    # What tells a surge of mail from what is usual.
    "count arrivals": _entry(COUNT_ARRIVALS, seconds=30),
}
