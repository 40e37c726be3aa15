"""Whose work it is that a worker does: what the lines of its log, and its spans, say while it does it."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any

from celery import states
from celery.app.task import Task
from structlog.contextvars import bound_contextvars

from triage import tracing
from triage.origin import NOWHERE, Origin, coming_from
from triage.queue import Batch
from triage.storage.queued import Queued

# More would make lines that log collectors cut.
MOST_IN_A_LINE = 128


class TaskAtWork:
    """The task that this process does now; in Celery's `solo` pool it is one at a time."""

    def __init__(self) -> None:
        self._held = ExitStack()
        self._span: tracing.Span | None = None

    def begin(self, task: Task, task_id: str) -> None:
        """Say in every line which task it is, and whose request asked for it.

        One that a traced request asked for is a span of that trace. What the schedule asks for is none: it would fill
        a collector with traces of nothing.
        """
        self.end()
        came_from = Origin.told(task.request.headers or {})
        self._held.enter_context(bound_contextvars(task=task.name, task_id=task_id))
        self._held.enter_context(coming_from(came_from))
        if came_from.traceparent:
            told = {"messaging.system": "redis", "messaging.operation.type": "process", "messaging.message.id": task_id}
            span = tracing.span(f"process {task.name}", tracing.Kind.CONSUMER, told, parent=came_from.traceparent)
            self._span = self._held.enter_context(span)

    def end(self, state: str = states.SUCCESS) -> None:
        """Say so no more; how it ended, in Celery's words, is said of its span."""
        if self._span is not None and state == states.FAILURE:
            self._span.fail(state)
        self._span = None
        self._held.close()


@contextmanager
def at_work_on(batch: Batch, rows: Queued) -> Iterator[None]:
    """Say in every line within whose requests brought the batch; an email that is alone is named too."""
    about: dict[str, Any] = {}
    if len(batch.ids) == 1:
        about[f"{rows.name}_id"] = batch.ids[0]
    # Of several requests, or of some, none may be named as if all came from it.
    requests = {came_from.request_id for came_from in batch.origins}
    one = Origin(requests.pop()) if len(requests) == 1 else NOWHERE
    with coming_from(one), bound_contextvars(**about), batch.stream.process(batch):
        yield


def in_lines(batch: Batch, rows: Queued) -> Iterator[dict[str, Any]]:
    """Yield what to log so that each of a batch is found by its own id, and by that of its request."""
    for begin in range(0, len(batch.ids), MOST_IN_A_LINE):
        part = slice(begin, begin + MOST_IN_A_LINE)
        told: dict[str, Any] = {f"{rows.name}_ids": list(batch.ids[part])}
        requests = dict.fromkeys(one.request_id for one in batch.origins[part])
        yield told if len(requests) == 1 else {**told, "request_ids": [one for one in requests if one]}
