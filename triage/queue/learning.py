"""Calls a worker to learn from labels or place by a policy; a call that is lost beat makes up for within seconds."""

from datetime import timedelta

import structlog
from celery import Celery
from redis import Redis

from triage.errors import QueueFull, QueueUnavailable
from triage.queue.broker import send
from triage.queue.names import LEARN, LEARNING, PLACE_BY_POLICY, PLACING
from triage.queue.redis import translated

log = structlog.get_logger(__name__)

# At most one call waits; a worker hushes it before it looks, so a label that comes meanwhile calls again.
CALLS_FOR = timedelta(seconds=5)


class LearningCall:
    """Made by whoever took a label, hushed by the worker that comes to learn."""

    task, key = LEARN, LEARNING

    def __init__(self, client: Redis, app: Celery) -> None:
        self._client, self._app = client, app

    def make(self) -> None:
        """See that a worker comes; what calls for it is stored, so without Redis it is done later."""
        try:
            with translated():
                is_waiting = not self._client.set(self.key, b"1", nx=True, px=CALLS_FOR)
            if not is_waiting:
                send(self._app, self.task)
        except (QueueUnavailable, QueueFull) as error:
            log.info("nobody called", task=self.task, error=str(error))

    def hush(self) -> None:
        """Let the next call be made.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        with translated():
            self._client.delete(self.key)


class PlacingCall(LearningCall):
    """Made by whoever put a policy in force, hushed by the worker that comes to place mail by it."""

    task, key = PLACE_BY_POLICY, PLACING
