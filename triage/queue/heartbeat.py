"""Signs of life of workers, for `doctor` and readiness."""

import json
from dataclasses import asdict, dataclass
from datetime import timedelta
from typing import Any

from redis import Redis

from triage.queue.names import WORKER_PREFIX
from triage.queue.redis import translated

BEATS_EVERY = timedelta(seconds=5)
EXPIRES_AFTER = timedelta(seconds=20)


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A worker that lives.

    Attributes:
        model_version: The bundle it reads with; `None` while it could not load any.
        problem: Why it cannot read, as a sentence; empty when it can.
    """

    worker: str
    kind: str
    model_version: str | None
    problem: str = ""


def beat(client: Redis, heartbeat: Heartbeat) -> None:
    """Say that a worker lives; it is forgotten unless this is repeated.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    with translated():
        client.set(WORKER_PREFIX + heartbeat.worker, json.dumps(asdict(heartbeat)), px=EXPIRES_AFTER)


def forget(client: Redis, worker: str) -> None:
    """Say that a worker has stopped.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    with translated():
        client.delete(WORKER_PREFIX + worker)


def living_workers(client: Redis) -> list[Heartbeat]:
    """Return the workers that gave a sign of life lately, by name.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    with translated():
        keys: list[bytes] = sorted(client.scan_iter(match=WORKER_PREFIX + "*", count=1000))
        values: Any = client.mget(keys) if keys else []
    return [Heartbeat(**json.loads(value)) for value in values if value is not None]
