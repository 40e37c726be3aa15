"""Traces are made where the usual variables ask for them, and cost nothing where they do not."""

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from triage import telemetry, tracing
from triage.cli.app import app
from triage.errors import CannotStart

COLLECTOR = {"OTEL_EXPORTER_OTLP_ENDPOINT": "http://127.0.0.1:4318"}


@pytest.mark.parametrize(
    ("variables", "wanted"),
    [
        ({}, False),
        (COLLECTOR, True),
        ({"OTEL_EXPORTER_OTLP_TRACES_ENDPOINT": "http://127.0.0.1:4318/v1/traces"}, True),
        ({"OTEL_TRACES_EXPORTER": "otlp"}, True),
        (COLLECTOR | {"OTEL_TRACES_EXPORTER": "none"}, False),
        (COLLECTOR | {"OTEL_SDK_DISABLED": "true"}, False),
        ({"OTEL_SERVICE_NAME": "desk"}, False),
    ],
)
def test_the_usual_variables_switch_traces_on(variables, wanted):
    """As the specification of OpenTelemetry has them; other variables alone do not."""
    assert telemetry.is_wanted(variables) is wanted


@pytest.mark.parametrize(
    ("variables", "sentence"),
    [
        ({"OTEL_TRACES_EXPORTER": "zipkin"}, "OTEL_TRACES_EXPORTER is 'zipkin'; traces go out by otlp alone"),
        (COLLECTOR | {"OTEL_EXPORTER_OTLP_PROTOCOL": "grpc"}, "is 'grpc'; use http/protobuf"),
    ],
)
def test_what_we_do_not_have_is_refused_in_a_sentence(variables, sentence):
    """Another exporter or protocol is not silently another one."""
    with pytest.raises(CannotStart, match=sentence):
        telemetry.is_wanted(variables)


def test_without_its_packages_the_sentence_says_what_to_install(monkeypatch):
    """Who asks for traces and has no OpenTelemetry is told so at the start, and not by an ImportError."""
    monkeypatch.setattr(telemetry, "PACKAGES", ("opentelemetry_that_is_not_there.sdk",))

    with pytest.raises(CannotStart, match=r"install the extra `triage\[telemetry\]`"):
        telemetry.is_wanted(COLLECTOR)


@pytest.mark.parametrize("command", [["serve"], ["worker", "text"], ["up"], ["poll"]])
def test_a_process_that_cannot_trace_as_told_ends_with_the_sentence(command, data, monkeypatch):
    """It is said before anything runs, and before a worker becomes Celery's process."""
    monkeypatch.setenv("OTEL_TRACES_EXPORTER", "zipkin")

    done = CliRunner().invoke(app, [*command, "--data", str(data)])

    assert isinstance(done.exception, CannotStart), done.output
    assert "zipkin" in str(done.exception)


@pytest.mark.parametrize("told", [("OTEL_BSP_MAX_QUEUE_SIZE", "100"), ("OTEL_ATTRIBUTE_COUNT_LIMIT", "many")])
def test_a_number_that_cannot_be_used_costs_the_traces_and_nothing_else(told):
    """The library refuses it where a worker is prepared; mail goes before traces of it."""
    program = (
        "from triage import tracing; from triage.telemetry import start_tracing;"
        "start_tracing('worker'); print('lives on', tracing.traceparent())"
    )
    variables = {"PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)} | COLLECTOR | dict([told])

    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, text=True, check=True)

    assert "lives on" in done.stdout
    assert "nothing is traced" in done.stdout + done.stderr


def test_nothing_that_traces_is_imported_where_nobody_asks_for_it():
    """The web application and what a worker holds load without it; redis-py looks for metrics of its own, no more."""
    program = (
        "import sys, triage.web.app, triage.cli.processes, workers.boot;"
        "from triage.telemetry import start_tracing; start_tracing('api');"
        "print([one for one in sys.modules if one.startswith(('opentelemetry.sdk.trace', 'opentelemetry.exporter'))])"
    )
    variables = {"PATH": "/usr/bin", "PYTHONPATH": ":".join(sys.path)}

    done = subprocess.run([sys.executable, "-c", program], env=variables, capture_output=True, check=True, timeout=120)

    assert done.stdout.decode().strip() == "[]"


def test_a_span_that_nobody_takes_lets_errors_pass():
    """Untraced work behaves as if the span were not there."""

    def fails():
        with tracing.span("read") as span:
            span.note({"triage.emails": 1})
            span.rename("write")
            span.fail("broken")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fails()
    assert (tracing.traceparent(), tracing.ids()) == ("", {})
