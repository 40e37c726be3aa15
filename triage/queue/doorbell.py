"""The doorbell: tells text workers that mail waits in the stream.

Ringing sends one Celery `drain_mail` message unless one is already waiting: a key with a short expiry stands for it.
The message may get lost; beat rings every few seconds, so a lost one delays mail and never strands it.
"""

from datetime import timedelta

from celery import Celery
from redis import Redis

from triage.queue.broker import send
from triage.queue.names import DOORBELL, DRAIN_MAIL
from triage.queue.redis import translated

# Longer than a drain usually waits to be taken up; shorter than the patience of somebody whose message got lost.
RINGS_FOR = timedelta(seconds=3)


class Doorbell:
    """Rung by whoever put mail into the stream, hushed by the worker that comes to the door."""

    def __init__(self, client: Redis, app: Celery) -> None:
        self._client = client
        self._app = app

    def ring(self) -> None:
        """See that a drain is on its way.

        Raises:
            QueueUnavailable: Redis does not answer; beat will ring once it does.
        """
        with translated():
            already_ringing = not self._client.set(DOORBELL, b"1", nx=True, px=RINGS_FOR)
        if not already_ringing:
            send(self._app, DRAIN_MAIL)

    def hush(self) -> None:
        """Let the next ring send a new drain; a worker calls it before it looks into the stream.

        Raises:
            QueueUnavailable: Redis does not answer.
        """
        with translated():
            self._client.delete(DOORBELL)
