"""What is being traced: spans that a process may hand to a collector, and nothing where nobody asked for traces.

Everybody may open a span; what becomes of it is decided once, where a process begins (`triage.telemetry`). Until then
a span costs a fraction of a microsecond, and no library of OpenTelemetry is loaded.

Attributes are ids, sizes, names of routes and of versions. What people wrote, and the words of an error, never is.
"""

from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from enum import StrEnum
from typing import Protocol

Value = str | int | float | bool
Attributes = Mapping[str, Value]


class Kind(StrEnum):
    """Where a span stands between processes, as OpenTelemetry puts it."""

    INTERNAL = "internal"
    SERVER = "server"
    CLIENT = "client"
    PRODUCER = "producer"
    CONSUMER = "consumer"


class Span(Protocol):
    """Something that is being done."""

    def note(self, attributes: Attributes) -> None:
        """Add what was found out meanwhile."""

    def rename(self, name: str) -> None:
        """Give it the name that could not be known when it began."""

    def fail(self, error: str) -> None:
        """Say that it did not succeed, and by what type of error or status."""


class Tracer(Protocol):
    """What takes spans."""

    def span(
        self, name: str, kind: Kind, attributes: Attributes, parent: str, links: Sequence[str]
    ) -> AbstractContextManager[Span]:
        """Open a span; an error that leaves it is noted by its type."""

    def traceparent(self) -> str:
        """Return the current span as the header `traceparent`; empty where there is none."""

    def ids(self) -> Mapping[str, str]:
        """Return `trace_id` and `span_id` of the current span; nothing where there is none."""


class _Untraced:
    """The span of those who trace nothing."""

    def __enter__(self) -> Span:
        return self

    def __exit__(self, *_: object) -> None:
        """Let every error pass."""

    def note(self, attributes: Attributes) -> None:
        """Note nothing."""

    def rename(self, name: str) -> None:
        """Rename nothing."""

    def fail(self, error: str) -> None:
        """Say nothing."""


_UNTRACED = _Untraced()
_NOTHING: Attributes = {}
_tracer: Tracer | None = None


def trace_with(tracer: Tracer | None) -> None:
    """Let this process hand its spans to a tracer from here on; `None` for nobody."""
    global _tracer  # noqa: PLW0603 (one for the process, as its logging is)
    _tracer = tracer


def span(
    name: str,
    kind: Kind = Kind.INTERNAL,
    attributes: Attributes = _NOTHING,
    *,
    parent: str = "",
    links: Sequence[str] = (),
) -> AbstractContextManager[Span]:
    """Open a span below the current one.

    Args:
        name: What is done, without what differs from one time to the next.
        kind: Where it stands between processes.
        attributes: What is known of it at its beginning.
        parent: Instead of the current one, as a `traceparent`.
        links: Others that it has to do with, each as a `traceparent`.
    """
    return _UNTRACED if _tracer is None else _tracer.span(name, kind, attributes, parent, links)


def traceparent() -> str:
    """Return the current span as W3C Trace Context puts it; empty where nothing is traced."""
    return "" if _tracer is None else _tracer.traceparent()


def ids() -> Mapping[str, str]:
    """Return `trace_id` and `span_id` of the current span, for the log; nothing where nothing is traced."""
    return {} if _tracer is None else _tracer.ids()
