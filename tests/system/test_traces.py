"""One mail from the API over Redis to a worker is one request in the logs of both, and one trace in a collector."""

import json
import signal
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from tests.keys import bearing, make_key
from tests.make import raw_message
from tests.otlp import collector
from tests.ports import free_port
from tests.system.conftest import until
from tests.system.test_leaks import ADDRESS, BODY, SUBJECT, WHO, leaks_in
from tests.workers.conftest import start_worker
from triage.queue.heartbeat import State
from triage.settings import sqlite_url
from triage.storage.session import Database

__all__ = ["start_worker"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(400)]

RFC822 = {"Content-Type": "message/rfc822"}
TRACE = "0af7651916cd43dd8448eb211c80319c"
FAST = {"OTEL_BSP_SCHEDULE_DELAY": "100"}


class Server:
    """`triage serve` over a data folder and a Redis."""

    def __init__(self, worker, variables) -> None:
        self.port = free_port()
        self.log = worker.log.with_name("serve.log")
        with self.log.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "triage", "serve", "--port", str(self.port)],
                env=worker.environment | variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        self.http = httpx2.Client(base_url=f"http://127.0.0.1:{self.port}", timeout=60)

    def answers(self) -> bool:
        assert self.process.poll() is None, self.log.read_text()
        try:
            return self.http.get("/livez").status_code == 200
        except httpx2.TransportError:
            return False

    def end(self) -> None:
        """Stop it as a supervisor does, which gives it a time to end in."""
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)


@pytest.fixture
def pair(data, redis, start_worker):
    """Start the API and a text worker with variables of OpenTelemetry; give both."""
    servers = []

    def starts(**variables):
        told = FAST | variables
        worker = start_worker(TRIAGE_MAX_ATTEMPTS="2", **told)
        servers.append(Server(worker, told))
        until(servers[-1].answers, 120)
        worker.await_state(State.READY)
        database = Database(sqlite_url(data))
        servers[-1].http.headers.update(bearing(make_key(database)))
        database.close()
        return servers[-1], worker

    yield starts
    for server in servers:
        server.http.close()
        server.process.kill()
        server.process.wait()


def lines(file: Path, event: str) -> list[dict]:
    found = [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]
    return [line for line in found if line["event"] == event]


def sent(server: Server, number: int, **headers: str) -> httpx2.Response:
    raw = raw_message(f"{SUBJECT} {number}", f"{BODY}: the lift is stuck. {number}", sender=WHO)
    answer = server.http.post("/v1/emails", content=raw, params={"wait": 30}, headers=RFC822 | headers)
    assert answer.json()["state"] == "read", answer.text
    return answer


def test_one_mail_is_one_request_and_one_trace_from_the_api_to_the_worker(pair):
    """Both processes log the id that the client gave, with the trace that it began; nothing of the mail is exported."""
    with collector() as kept:
        server, worker = pair(OTEL_EXPORTER_OTLP_ENDPOINT=kept.address)
        told = {"X-Request-ID": "desk-42", "traceparent": f"00-{TRACE}-b7ad6b7169203331-01"}

        answer = sent(server, 1, **told)
        refused = server.http.get("/v1/inbox", params={"cursor": SUBJECT}, headers={"X-Request-ID": f"{ADDRESS}@a.org"})
        server.http.get(f"/v1/correspondents/{ADDRESS}@example.org")
        asked = {"traceparent": told["traceparent"].replace("0af7", "1bf7")}
        server.http.post("/v1/predict", json={"subject": SUBJECT, "body": BODY}, headers=asked).raise_for_status()
        until(lambda: kept.named("process triage:mail") and kept.named("process triage.read_texts"), 30)
        until(lambda: lines(worker.log, "batch done"), 30)
        server.end()

    email_id = answer.json()["id"]
    (process,) = kept.named("process triage:mail")
    (send,) = (span for span in kept.named("send triage:mail"))
    (request,) = kept.named("POST /v1/emails")
    assert {request.trace_id, send.trace_id, process.trace_id} == {TRACE}
    assert (request.parent, send.parent, process.parent) == ("b7ad6b7169203331", request.span_id, send.span_id)
    assert process.links == [(TRACE, send.span_id)]
    assert (request.service, process.service) == ("triage-api", "triage-worker-text")
    below = {span.name for span in kept.spans if span.parent == process.span_id}
    assert below >= {"read", "commit", "settle triage:mail"}
    assert process.attributes["messaging.destination.name"] == "triage:mail"
    assert request.attributes["http.response.status_code"] == 202
    (predict,), (read_texts,) = kept.named("POST /v1/predict"), kept.named("process triage.read_texts")
    assert (read_texts.parent, read_texts.service) == (predict.span_id, "triage-worker-text")
    assert read_texts.trace_id == TRACE.replace("0af7", "1bf7")

    (done,) = lines(worker.log, "batch done")
    (stored,) = lines(server.log, "emails stored")
    (answered,) = [one for one in lines(server.log, "request answered") if one["route"] == "/v1/emails"]
    assert {one["request_id"] for one in (done, stored, answered)} == {"desk-42"}
    assert {one["trace_id"] for one in (done, stored, answered)} == {TRACE}
    assert answer.headers["X-Request-ID"] == "desk-42"
    assert (done["email_ids"], stored["email_ids"]) == ([email_id], [email_id])
    assert done["span_id"] == process.span_id
    assert done["worker"].endswith(f"-{worker.process.pid}")
    assert refused.json()["request_id"] == refused.headers["X-Request-ID"] != f"{ADDRESS}@a.org"
    found = [*leaks_in(kept.bytes, "traces"), *leaks_in(worker.log.read_bytes() + server.log.read_bytes(), "log")]
    assert not found, found
    assert not any(span.events for span in kept.spans)


def test_a_collector_that_is_away_costs_one_line_and_no_mail(pair):
    """Mail is taken in and read, each process says once that traces are not taken, and ends in time."""
    server, worker = pair(OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{free_port()}", OTEL_EXPORTER_OTLP_TIMEOUT="1")

    for number in range(3):
        sent(server, number)
    until(lambda: lines(server.log, "traces are not taken") and lines(worker.log, "traces are not taken"), 60)
    server.end()
    worker.signal(signal.SIGTERM)
    worker.process.wait(60)

    assert server.process.returncode in (0, -signal.SIGTERM)
    assert worker.process.returncode == 0
    for log in (server.log, worker.log):
        text = log.read_text()
        assert text.count("traces are not taken") == 1
        assert "opentelemetry" not in text
