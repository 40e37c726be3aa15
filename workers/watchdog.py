"""Notices that this worker has gone deaf, and ends it so that its supervisor starts another.

A worker may lose its broker in such a moment that it stays connected and consumes nothing any more: a task that could
not be acknowledged holds the only place for a message. Or a reading hangs. Both look alike from here: tasks wait in
our queues, and for a while none has begun or ended in this process.
"""

from datetime import timedelta
from time import monotonic
from typing import Any

from celery import signals
from redis import Redis

from triage.queue.names import TEXT_QUEUE, UPKEEP_QUEUE
from triage.queue.redis import translated

# Far above a time slice and the slowest batch.
PATIENCE = timedelta(seconds=30)


class Watchdog:
    """Remembers when this process last began or ended a task, or had none to do."""

    def __init__(self) -> None:
        self._last_sign = monotonic()
        signals.task_prerun.connect(self._note, weak=False)
        signals.task_postrun.connect(self._note, weak=False)

    def is_deaf(self, client: Redis) -> bool:
        """Say whether tasks have waited for long while this process did nothing.

        Raises:
            QueueUnavailable: Redis does not answer, so nobody could hear anything.
        """
        with translated():
            waiting: Any = client.llen(TEXT_QUEUE) + client.llen(UPKEEP_QUEUE)
        if not waiting:
            self._note()
        return monotonic() - self._last_sign > PATIENCE.total_seconds()

    def excuse(self) -> None:
        """Begin to count anew: nobody could have done anything meanwhile."""
        self._note()

    def _note(self, **_: Any) -> None:
        self._last_sign = monotonic()
