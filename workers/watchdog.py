"""Notices that this worker has gone deaf, and ends it so that its supervisor starts another.

A worker may lose its broker in such a moment that it stays connected and consumes nothing any more: a task that could
not be acknowledged holds the only place for a message. Or a reading hangs. Both look alike from here: tasks wait in
our queues, and for a while none has begun or ended in this process.
"""

import faulthandler
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any

from celery import signals
from redis import Redis

from triage.queue.heartbeat import BEATS_EVERY
from triage.queue.redis import translated

# Far above a time slice and the slowest batch.
PATIENCE = timedelta(seconds=30)
# A batch of images, each of which takes its whole time limit; between two images nothing is said.
PATIENCE_WITH_IMAGES = timedelta(minutes=3)
# A model may take a minute to load where the processor is throttled; ended before, the worker would never be ready.
PATIENCE_WITH_LOADING = timedelta(minutes=5)
# Above all the time-outs that a beat may have to sit through.
PATIENCE_WITH_BEATS = timedelta(minutes=2)
_PAUSE_NOTICED = 3 * BEATS_EVERY


class Watchdog:
    """Remembers when this process last began or ended a task, or had none to do.

    Args:
        queues: From which it takes tasks.

    Attributes:
        last_task_at: When it last began or ended a task.
    """

    def __init__(self, *queues: str) -> None:
        self._queues = queues
        self.last_task_at: datetime | None = None
        self._last_sign = self._last_look = monotonic()
        signals.task_prerun.connect(self._note_task, weak=False)
        signals.task_postrun.connect(self._note_task, weak=False)

    def silence(self, client: Redis) -> timedelta:
        """Return for how long tasks have waited while this process did nothing; to be asked at every beat.

        Raises:
            QueueUnavailable: Redis does not answer, so nobody could hear anything.
        """
        since, self._last_look = monotonic() - self._last_look, monotonic()
        with translated():
            waiting: Any = sum(int(client.llen(queue)) for queue in self._queues)
        # After a long pause (a frozen container) the thread that takes tasks has had no chance to either.
        if not waiting or since > _PAUSE_NOTICED.total_seconds():
            self.excuse()
        return timedelta(seconds=monotonic() - self._last_sign)

    def excuse(self) -> None:
        """Begin to count anew: nobody could have done anything meanwhile."""
        self._last_sign = monotonic()

    def _note_task(self, **_: Any) -> None:
        self.last_task_at = datetime.now(UTC)
        self._last_sign = monotonic()


def expect_a_beat(within: timedelta = PATIENCE_WITH_BEATS) -> None:
    """End this process unless this is called again in time.

    A reading that never lets go of the interpreter's lock, as a regular expression can, stops every thread of ours,
    the one that looks for deafness included. This watch is kept in C, and needs no lock.
    """
    faulthandler.dump_traceback_later(within.total_seconds(), exit=True)
