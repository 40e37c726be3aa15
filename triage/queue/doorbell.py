"""The doorbell of a lane: tells workers that something waits in its stream.

Ringing sends one Celery message unless one is already waiting: a key with a short expiry stands for it. The message may
get lost; beat rings every few seconds, so a lost one delays work and never strands it.
"""

from datetime import timedelta
from typing import Any

from celery import Celery
from redis import Redis

from triage.origin import NOWHERE
from triage.queue.broker import send
from triage.queue.lanes import MAIL, Lane
from triage.queue.redis import translated

# Longer than a drain usually waits to be taken up; shorter than the patience of somebody whose message got lost.
RINGS_FOR = timedelta(seconds=3)


class Doorbell:
    """Rung by whoever put work into the stream, hushed by the worker that comes to the door."""

    def __init__(self, client: Redis, app: Celery, lane: Lane = MAIL) -> None:
        self._client, self._app, self._lane = client, app, lane

    def ring(self) -> None:
        """See that a worker is on its way.

        Raises:
            QueueUnavailable: Redis does not answer; beat will ring once it does.
        """
        with translated():
            already_ringing = self._is_call_waiting() or not self._client.set(
                self._lane.doorbell, b"1", nx=True, px=RINGS_FOR
            )
        if not already_ringing:
            # Whoever comes works for all that wait; each entry of the stream says itself where it came from.
            send(self._app, self._lane.task, came_from=NOWHERE)

    def hush(self) -> None:
        """Let the next ring send a new call; a worker calls it before it looks into the stream.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        with translated():
            self._client.delete(self._lane.doorbell)

    def _is_call_waiting(self) -> bool:
        calls: Any = self._client.llen(self._lane.own_queue) if self._lane.own_queue else 0
        return bool(calls)
