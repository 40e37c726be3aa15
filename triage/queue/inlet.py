"""Where work is put in: the stream of a lane, and the doorbell beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from celery import Celery
from redis import Redis

from triage.queue.doorbell import Doorbell
from triage.queue.lanes import Lane
from triage.queue.stream import WorkStream


@dataclass(frozen=True, slots=True)
class Inlet:
    """The end of a lane at which ids are put in."""

    stream: WorkStream
    doorbell: Doorbell

    @classmethod
    def of(cls, lane: Lane, client: Redis, app: Celery) -> Self:
        """Return the inlet of a lane."""
        return cls(WorkStream(client, lane), Doorbell(client, app, lane))

    def put(self, ids: Sequence[int]) -> None:
        """Put ids at the end of the stream and call a worker. Their rows must be committed.

        Raises:
            QueueUnavailable: Redis does not answer or is full.
        """
        if ids:
            self.stream.add(ids)
            self.doorbell.ring()
