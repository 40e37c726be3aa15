"""What workers and the schedule count, under the names that celery-exporter gave these figures.

That exporter listens to events, which our workers do not send; each process counts for itself instead. What it calls
`hostname` is `instance` here, which Prometheus adds.
"""

from collections.abc import Iterable
from time import perf_counter, time
from typing import Any

from celery import signals
from celery.app.task import Task
from prometheus_client import Counter, Gauge, Histogram

from triage.metrics.port import serve_metrics
from triage.metrics.registry import REGISTRY
from workers import boot

_TASK = ["name", "queue_name"]
# From a doorbell that finds nothing to a training.
_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800)

RECEIVED = Counter("celery_task_received", "Tasks that came to this worker.", _TASK, registry=REGISTRY)
SUCCEEDED = Counter("celery_task_succeeded", "Tasks that ended well.", _TASK, registry=REGISTRY)
FAILED = Counter("celery_task_failed", "Tasks that raised, by what.", [*_TASK, "exception"], registry=REGISTRY)
RETRIED = Counter("celery_task_retried", "Tasks that are tried again later.", _TASK, registry=REGISTRY)
RUNTIME = Histogram(
    "celery_task_runtime", "Seconds that tasks took, however they ended.", _TASK, buckets=_SECONDS, registry=REGISTRY
)
UP = Gauge("celery_worker_up", "1 while this worker runs, by its kind.", ["kind"], registry=REGISTRY)
BATCH = Histogram(
    "triage_batch_seconds",
    "Time from the delivery of a batch to its acknowledgement, by what it is of.",
    ["what"],
    buckets=_SECONDS[1:-1],
    registry=REGISTRY,
)
BATCH_SIZE = Histogram(
    "triage_batch_size",
    "How many were read or recognised together.",
    ["what"],
    buckets=(1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024),
    registry=REGISTRY,
)
LAST_SENT = Gauge(
    "triage_beat_last_sent_timestamp_seconds", "When the schedule last sent a task, as Unix time.", registry=REGISTRY
)
_began: dict[str, float] = {}


def start(kind: str, tasks: Iterable[tuple[str, str]]) -> None:
    """Let Prometheus ask this worker.

    Args:
        kind: Of the worker.
        tasks: Name and queue of those that it takes; each is 0 from the start, so that the first failure is a rise.
    """
    for name, queue in tasks:
        for counter in (RECEIVED, SUCCEEDED, RETRIED):
            counter.labels(name, queue)
        FAILED.labels(name, queue, "")
    UP.labels(kind).set(1)
    _serve()


def start_schedule() -> None:
    """Let Prometheus ask the schedule."""
    signals.after_task_publish.connect(_note_sent, weak=False)
    _serve()


def _serve() -> None:
    serve_metrics(boot.settings().metrics_host, boot.settings().metrics_port)


def _note_sent(**_: Any) -> None:
    LAST_SENT.set(time())


@signals.task_received.connect(weak=False)
def _note_received(request: Any, **_: Any) -> None:
    RECEIVED.labels(request.name, request.delivery_info.get("routing_key") or "").inc()


@signals.task_prerun.connect(weak=False)
def _note_begun(task_id: str, **_: Any) -> None:
    _began[task_id] = perf_counter()


@signals.task_postrun.connect(weak=False)
def _note_ended(task_id: str, task: Task, **_: Any) -> None:
    began = _began.pop(task_id, None)
    if began is not None:
        RUNTIME.labels(*_named(task)).observe(perf_counter() - began)


@signals.task_success.connect(weak=False)
def _note_succeeded(sender: Task, **_: Any) -> None:
    SUCCEEDED.labels(*_named(sender)).inc()


@signals.task_failure.connect(weak=False)
def _note_failed(sender: Task, exception: BaseException, **_: Any) -> None:
    FAILED.labels(*_named(sender), type(exception).__name__).inc()


@signals.task_retry.connect(weak=False)
def _note_retried(sender: Task, **_: Any) -> None:
    RETRIED.labels(*_named(sender)).inc()


def _named(task: Task) -> tuple[str, str]:
    """Return the name of a task and the queue that it came through."""
    told = task.request.delivery_info or {}
    return task.name, told.get("routing_key") or ""
