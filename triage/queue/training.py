"""Calls a worker that trains; the trainings themselves wait in the database."""

from typing import Any

from celery import Celery
from redis import Redis

from triage.queue.broker import send
from triage.queue.names import TRAIN, TRAIN_QUEUE
from triage.queue.redis import translated


def call_trainer(client: Redis, app: Celery) -> None:
    """See that a call waits for a training worker. At most a few do, however often this is repeated without one.

    Raises:
        QueueUnavailable: Redis does not answer; beat will call once it does.
    """
    with translated():
        calls: Any = client.llen(TRAIN_QUEUE)
    if not calls:
        send(app, TRAIN)
