"""Signs of life of workers, for `doctor` and readiness."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from enum import StrEnum
from typing import Any

from redis import Redis

from triage.queue.names import WORKER_PREFIX
from triage.queue.redis import translated

BEATS_EVERY = timedelta(seconds=5)
EXPIRES_AFTER = timedelta(seconds=20)

# Kinds of workers.
READS, RECOGNIZES, TRAINS = "text", "image", "train"


class State(StrEnum):
    """Whether a worker that lives can do its work."""

    STARTING = "starting"
    READY = "ready"
    DEAF = "deaf"
    WITHOUT_MODEL = "without model"


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """A worker that lives.

    Attributes:
        model_version: The bundle it reads with; `None` while it could not load any, or has had no image to load it for.
        problem: What a person should mend, as a sentence; empty when there is nothing. A worker that is ready may have
            one: a new bundle that it had to refuse.
        state: `deaf` is who takes no task though tasks wait; it ends soon, to be started again.
        last_task_at: When it last began or ended a task, in ISO 8601; `None` when it never has.
        silent_seconds: For how long tasks have waited while it took none; 0 when none wait.
    """

    worker: str
    kind: str
    model_version: str | None
    problem: str = ""
    state: State = State.READY
    last_task_at: str | None = None
    silent_seconds: float = 0.0


_KNOWN = frozenset(field.name for field in fields(Heartbeat))


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


def all_read_with(client: Redis, version: str) -> bool:
    """Say whether every text worker has the same shipped model.

    With two, what is done once for each model would be done for ever, by each worker after the other.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    readers = (worker for worker in living_workers(client) if worker.kind == READS)
    return {worker.model_version for worker in readers} <= {version, None}


def living_workers(client: Redis) -> list[Heartbeat]:
    """Return the workers that gave a sign of life lately, by name.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    with translated():
        keys: list[bytes] = sorted(client.scan_iter(match=WORKER_PREFIX + "*", count=1000))
        values: Any = client.mget(keys) if keys else []
    return [_heartbeat(json.loads(value)) for value in values if value is not None]


def why_unread(workers: Sequence[Heartbeat]) -> str:
    """Say why nobody reads mail, as a sentence; empty when one of these workers is ready."""
    readers = [worker for worker in workers if worker.kind == READS]
    if any(worker.state == State.READY for worker in readers):
        return ""
    if not readers:
        return "no text worker gives a sign of life; start one with `triage worker text` (or `triage up`)"
    return "; ".join(f"{worker.worker} is {worker.state}: {worker.problem}" for worker in readers)


def why_unrecognized(workers: Sequence[Heartbeat]) -> str:
    """Say why nobody recognises images, as a sentence; empty when one of these workers is ready."""
    recognizers = [worker for worker in workers if worker.kind == RECOGNIZES]
    if any(worker.state == State.READY for worker in recognizers):
        return ""
    if not recognizers:
        return "no image worker gives a sign of life; start one with `triage worker image` (or `triage up`)"
    return "; ".join(f"{worker.worker} is {worker.state}: {worker.problem}" for worker in recognizers)


def why_untrained(workers: Sequence[Heartbeat]) -> str:
    """Say why nobody trains, as a sentence; empty when one of these workers does."""
    if any(worker.kind == TRAINS for worker in workers):
        return ""
    return "no training worker gives a sign of life; start one with `triage worker train` (or `triage up`)"


def _heartbeat(told: dict[str, Any]) -> Heartbeat:
    # A worker of a later release may say more than we know of.
    known = {name: value for name, value in told.items() if name in _KNOWN}
    return Heartbeat(**known | {"state": State(told.get("state", State.READY))})
