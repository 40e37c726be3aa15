"""Spans of the stream, as OpenTelemetry's own SDK records them."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import SpanKind, format_trace_id

from triage import tracing
from triage.queue import WorkStream
from triage.telemetry import OpenTelemetry

LONG = timedelta(seconds=10)


@pytest.fixture
def spans() -> Iterator[InMemorySpanExporter]:
    """Trace this process; give what was recorded."""
    exporter, provider = InMemorySpanExporter(), TracerProvider(shutdown_on_exit=False)
    provider.add_span_processor(SimpleSpanProcessor(exporter))
    tracing.trace_with(OpenTelemetry(provider.get_tracer("test")))
    yield exporter
    tracing.trace_with(None)


def named(spans, name):
    return [span for span in spans.get_finished_spans() if span.name == name]


def test_a_batch_of_several_traces_has_its_own_and_is_linked_with_each(redis, spans):
    """Mail of two requests and of none is read together: no trace swallows another's mail, and none is lost."""
    stream = WorkStream(redis, consumer="desk")
    for number in (1, 2):
        with tracing.span("POST /v1/emails", tracing.Kind.SERVER):
            stream.add([number])
    tracing_before = named(spans, "send triage:mail")

    (batch,) = stream.batches(LONG)
    with stream.process(batch):
        batch.acknowledge()

    (process,), (settle,) = named(spans, "process triage:mail"), named(spans, "settle triage:mail")
    assert process.parent is None
    assert [link.context.span_id for link in process.links] == [one.context.span_id for one in tracing_before]
    assert (process.kind, settle.parent.span_id) == (SpanKind.CONSUMER, process.context.span_id)


def test_a_batch_of_one_trace_goes_on_with_it(redis, spans):
    """Mail that one request brought is read within the trace of that request."""
    stream = WorkStream(redis, consumer="desk")
    with tracing.span("POST /v1/emails/bulk", tracing.Kind.SERVER):
        trace_id = tracing.ids()["trace_id"]
        stream.add([1, 2, 3])

    (batch,) = stream.batches(LONG)
    with stream.process(batch):
        inside = tracing.ids()

    (process,), (send,) = named(spans, "process triage:mail"), named(spans, "send triage:mail")
    assert format_trace_id(process.context.trace_id) == inside["trace_id"] == trace_id
    assert process.parent.span_id == send.context.span_id
    assert process.attributes["messaging.batch.message_count"] == 3


def test_an_error_is_traced_by_its_type_and_never_by_its_words(spans):
    """What a library quotes of a letter is not exported."""

    def fails():
        with tracing.span("read"):
            int("Dear Sir, my rash is back")

    with pytest.raises(ValueError, match="Dear Sir"):
        fails()

    (span,) = spans.get_finished_spans()
    assert (span.attributes["error.type"], span.events, span.status.description) == ("ValueError", (), None)
    assert not span.status.is_ok
    assert "Dear" not in span.to_json()
