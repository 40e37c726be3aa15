"""Workers count tasks by how they ended, under celery-exporter's names."""

from contextvars import copy_context

import pytest
from celery import Celery

from triage.errors import QueueUnavailable
from triage.metrics.registry import REGISTRY
from workers import metrics  # noqa: F401 - what is tested listens to Celery from its import on
from workers.app import TriageTask

ENDS = ("celery_task_succeeded_total", "celery_task_retried_total", "celery_task_runtime_count")


@pytest.fixture
def run():
    """Run a function as a task of ours would be, in this process; return by how much each count rose."""

    def runs(function):
        app = Celery("test", task_cls=TriageTask, broker="memory://", set_as_current=False)
        task = app.task(name="triage.test")(function)
        task.retry_backoff = False
        labels = {"name": "triage.test", "queue_name": "text"}
        before = [REGISTRY.get_sample_value(name, labels) or 0.0 for name in ENDS]
        copy_context().run(task.apply, routing_key="text")  # who acts is said of the task alone
        now = [REGISTRY.get_sample_value(name, labels) or 0.0 for name in ENDS]
        return tuple(after - once for after, once in zip(now, before, strict=True))

    return runs


def failed(exception):
    labels = {"name": "triage.test", "queue_name": "text", "exception": exception}
    return REGISTRY.get_sample_value("celery_task_failed_total", labels) or 0.0


def test_task_that_ends_well_is_counted(run):
    """Once, with its time."""

    def does_nothing():
        pass

    assert run(does_nothing) == (1, 0, 1)


def test_task_that_raises_is_counted_by_what_it_raised(run):
    """By the type alone: words of an error may quote mail."""

    def breaks():
        raise KeyError("the lift is stuck")

    before = failed("KeyError")

    assert run(breaks) == (0, 0, 1)
    assert failed("KeyError") - before == 1


def test_task_that_is_tried_again_has_not_failed(run):
    """What time may cure is a retry each time, and one success at the end."""
    answers = iter([QueueUnavailable("away"), QueueUnavailable("away"), None])

    def is_away_twice():
        if error := next(answers):
            raise error

    before = failed("QueueUnavailable")

    succeeded, retried, _ = run(is_away_twice)

    assert (succeeded, retried) == (1, 2)
    assert failed("QueueUnavailable") == before
