"""What is said of the task that a worker does."""

from types import SimpleNamespace
from typing import Any, Self

import pytest
from celery import states

from triage import tracing
from workers.origins import TaskAtWork

TRACEPARENT = f"00-{'a' * 32}-{'b' * 16}-01"


class Remembered:
    """A tracer that remembers how its spans ended."""

    def __init__(self) -> None:
        self.said: list[str] = []

    def span(self, name: str, *_: Any) -> "Remembered":
        self.said.append(name)
        return self

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.said.append("ended")

    def fail(self, error: str) -> None:
        self.said.append(f"failed: {error}")

    def traceparent(self) -> str:
        return ""

    def ids(self) -> dict[str, str]:
        return {}


@pytest.fixture
def tracer():
    """What takes the spans of this process meanwhile."""
    remembered = Remembered()
    tracing.trace_with(remembered)  # type: ignore[arg-type]
    yield remembered
    tracing.trace_with(None)


@pytest.mark.parametrize(("state", "told"), [(states.FAILURE, ["failed: FAILURE"]), (states.SUCCESS, [])])
def test_span_of_a_task_that_failed_says_so(tracer, state, told):
    """A task that a traced request asked for: its span is no success when it raised."""
    at_work = TaskAtWork()
    task: Any = SimpleNamespace(name="triage.train", request=SimpleNamespace(headers={"traceparent": TRACEPARENT}))

    at_work.begin(task, "1")
    at_work.end(state)

    assert tracer.said == ["process triage.train", *told, "ended"]
