"""Hands spans to a collector by OpenTelemetry, where the usual variables ask for it.

`OTEL_EXPORTER_OTLP_ENDPOINT` (or `…_TRACES_ENDPOINT`) or `OTEL_TRACES_EXPORTER` switches it on; what else they say is
for the SDK, which reads it itself. Without them nothing of OpenTelemetry is imported.

A collector that is slow or away costs spans and never mail: they wait in memory for a thread of their own, the oldest
are dropped when too many do, and the end of a process waits two seconds for what is left.
"""

import atexit
import logging
import os
import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from importlib.util import find_spec
from threading import Thread
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import structlog

from triage import __version__, tracing
from triage.errors import CannotStart

if TYPE_CHECKING:
    from opentelemetry.context import Context
    from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult
    from opentelemetry.trace import Span, Tracer

log = structlog.get_logger(__name__)

ENDPOINTS = ("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT", "OTEL_EXPORTER_OTLP_ENDPOINT")
PROTOCOLS = ("OTEL_EXPORTER_OTLP_TRACES_PROTOCOL", "OTEL_EXPORTER_OTLP_PROTOCOL")
PACKAGES = ("opentelemetry.sdk", "opentelemetry.exporter.otlp.proto.http")
SHUTDOWN_SECONDS = 2.0


def is_wanted(variables: Mapping[str, str] = os.environ) -> bool:
    """Tell whether the variables ask for traces.

    Raises:
        CannotStart: They ask for what we do not have; the sentence says what to do.
    """
    if variables.get("OTEL_SDK_DISABLED", "").strip().lower() == "true":
        return False
    exporter = variables.get("OTEL_TRACES_EXPORTER", "").strip().lower()
    if exporter == "none" or not (exporter or any(variables.get(name) for name in ENDPOINTS)):
        return False
    if exporter not in ("", "otlp"):
        raise CannotStart(f"OTEL_TRACES_EXPORTER is {exporter!r}; traces go out by otlp alone, or not at all (none)")
    protocol = next((variables[name] for name in PROTOCOLS if variables.get(name)), "http/protobuf")
    if protocol != "http/protobuf":
        raise CannotStart(
            f"OTEL_EXPORTER_OTLP_PROTOCOL is {protocol!r}; use http/protobuf, to port 4318 of a collector"
        )
    if not all(_is_installed(package) for package in PACKAGES):
        raise CannotStart(
            "traces are asked for by OTEL_… variables and OpenTelemetry is not installed here; install the extra"
            " `triage[telemetry]`, or take the variables away"
        )
    return True


def start_tracing(part: str) -> None:
    """Trace this process if that is wanted, under the name of its part: `triage-api`, say, unless a variable names it.

    Raises:
        CannotStart: As `is_wanted`.
    """
    if not is_wanted():
        return
    try:
        provider = _provider(part)
    except ValueError as error:
        # A number that the library cannot use; mail goes before traces of it.
        log.error("nothing is traced", error=str(error), advice="mend the variables OTEL_…")
        return
    # It would log each try; what a person has to know is logged once, below.
    logging.getLogger("opentelemetry").setLevel("CRITICAL")
    tracing.trace_with(OpenTelemetry(provider.get_tracer("triage", __version__)))
    atexit.register(partial(_end, provider))


def _provider(part: str) -> "TracerProvider":
    # Here and not above: they read variables as they are loaded.
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    of_process: dict[str, Any] = {
        "service.name": os.environ.get("OTEL_SERVICE_NAME") or f"triage-{part}",
        "service.version": __version__,
        "service.instance.id": str(uuid4()),
        "host.name": socket.gethostname(),
        "process.pid": os.getpid(),
    }
    provider = TracerProvider(resource=Resource.create(of_process), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(_told_once(OTLPSpanExporter())))
    return provider


class OpenTelemetry:
    """Our spans as those of OpenTelemetry; a `triage.tracing.Tracer`."""

    def __init__(self, tracer: "Tracer") -> None:
        self._tracer = tracer

    @contextmanager
    def span(
        self, name: str, kind: tracing.Kind, attributes: tracing.Attributes, parent: str, links: Sequence[str]
    ) -> Iterator[tracing.Span]:
        """Open a span; an error that leaves it is noted by its type alone, for its words may quote mail."""
        from opentelemetry.trace import Link, SpanKind, get_current_span

        linked = [get_current_span(_context(one)).get_span_context() for one in links]
        with self._tracer.start_as_current_span(
            name,
            context=_context(parent) if parent else None,
            kind=SpanKind[kind.name],
            attributes=dict(attributes),
            links=[Link(one) for one in linked if one.is_valid],
            record_exception=False,
            set_status_on_exception=False,
        ) as opened:
            span = _Open(opened)
            try:
                yield span
            except Exception as error:
                span.fail(type(error).__qualname__)
                raise

    def traceparent(self) -> str:
        """Return the current span as the header `traceparent`."""
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        carrier: dict[str, str] = {}
        TraceContextTextMapPropagator().inject(carrier)
        return carrier.get("traceparent", "")

    def ids(self) -> Mapping[str, str]:
        """Return the ids of the current span as collectors write them."""
        from opentelemetry.trace import format_span_id, format_trace_id, get_current_span

        current = get_current_span().get_span_context()
        if not current.is_valid:
            return {}
        return {"trace_id": format_trace_id(current.trace_id), "span_id": format_span_id(current.span_id)}


class _Open:
    """An open span."""

    def __init__(self, span: "Span") -> None:
        self._span = span

    def note(self, attributes: tracing.Attributes) -> None:
        self._span.set_attributes(dict(attributes))

    def rename(self, name: str) -> None:
        self._span.update_name(name)

    def fail(self, error: str) -> None:
        from opentelemetry.trace import Status, StatusCode

        self._span.set_attribute("error.type", error)
        self._span.set_status(Status(StatusCode.ERROR))


def _told_once(exporter: "SpanExporter") -> "SpanExporter":
    """Return an exporter that logs when a collector goes away and when it is back, and nothing in between."""
    from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

    class ToldOnce(SpanExporter):
        def __init__(self) -> None:
            self._is_away = False

        def export(self, spans: "Sequence[ReadableSpan]") -> "SpanExportResult":
            result = exporter.export(spans)
            is_away = result is not SpanExportResult.SUCCESS
            if is_away and not self._is_away:
                log.warning("traces are not taken", spans=len(spans), advice="mail goes on; see to the collector")
            elif self._is_away and not is_away:
                log.info("traces are taken again")
            self._is_away = is_away
            return result

        def shutdown(self) -> None:
            exporter.shutdown()

        def force_flush(self, timeout_millis: int = 30_000) -> bool:
            return exporter.force_flush(timeout_millis)

    return ToldOnce()


def _context(traceparent: str) -> "Context":
    from opentelemetry.context import Context
    from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

    return TraceContextTextMapPropagator().extract({"traceparent": traceparent}, Context())


def _end(provider: "TracerProvider") -> None:
    """Send what is left, for as long as the end of a process may take."""
    tracing.trace_with(None)
    last = Thread(target=provider.shutdown, daemon=True)
    last.start()
    last.join(SHUTDOWN_SECONDS)


def _is_installed(package: str) -> bool:
    try:
        return find_spec(package) is not None
    except ModuleNotFoundError:  # not even what it is a part of
        return False
