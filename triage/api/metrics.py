"""Prometheus metrics of the web process; figures of the queue and the database are taken when asked for."""

import collections
from collections.abc import Iterator, Sequence
from datetime import timedelta
from time import perf_counter

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.api.access import READ_ALL
from triage.api.services import Services, utc_now
from triage.errors import TransientError
from triage.imap.state import State as AccountState
from triage.incidents.surge import rates
from triage.queue.heartbeat import READS, RECOGNIZES, Heartbeat, State, living_workers
from triage.storage import emails, images, trainings
from triage.storage.failures import count_failed_by_stage
from triage.storage.incidents import count_open
from triage.storage.mailboxes import names_by_id
from triage.storage.targets import count_overdue

router = APIRouter(tags=["health"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


class StateCollector(Collector):
    """Emails by state, failed ones by stage, length of the stream, living workers. What does not answer is left out."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        try:
            with self._services.database.reading() as session:
                counts, failed = emails.count_by_state(session), count_failed_by_stage(session)
            by_state = GaugeMetricFamily("triage_emails", "Unhandled emails by state.", labels=["state"])
            for state, count in counts.items():
                by_state.add_metric([state], count)
            yield by_state
            by_stage = GaugeMetricFamily(
                "triage_failed_emails",
                "Unhandled emails that were set aside, by the stage that failed.",
                labels=["stage"],
            )
            for stage, count in failed.items():
                by_stage.add_metric([stage], count)
            yield by_stage
            yield from self._accounts()
            yield self._trainings()
            yield from self._images()
            yield from self._arrivals()
            yield self._overdue()
        except TransientError:
            pass
        try:
            waiting = self._services.stream.length()
            yield GaugeMetricFamily("triage_stream_length", "Emails in the mail stream.", value=waiting)
            workers = living_workers(self._services.redis)
            yield GaugeMetricFamily("triage_workers", "Workers that gave a sign of life lately.", value=len(workers))
            ready = sum(worker.kind == READS and worker.state is State.READY for worker in workers)
            yield GaugeMetricFamily("triage_workers_ready", "Workers among them that can read mail.", value=ready)
            yield from self._image_lane(workers)
        except TransientError:
            pass

    def _images(self) -> Iterator[GaugeMetricFamily]:
        with self._services.database.reading() as session:
            counts, findings = images.count_by_state(session), images.count_by_kind(session)
        by_state = GaugeMetricFamily("triage_images", "Images by state.", labels=["state"])
        for state, count in counts.items():
            by_state.add_metric([state], count)
        by_kind = GaugeMetricFamily(
            "triage_findings", "Findings by model version and class.", labels=["version", "kind"]
        )
        for (version, kind), count in findings.items():
            if kind:
                by_kind.add_metric([version, kind], count)
        undecodable = sum(count for (_, kind), count in findings.items() if not kind)
        yield from (by_state, by_kind)
        yield GaugeMetricFamily("triage_images_undecodable", "Images that cannot be decoded.", value=undecodable)

    def _arrivals(self) -> Iterator[GaugeMetricFamily]:
        """Yield how much mail each mailbox gets, and in how many incidents it is."""
        with self._services.database.reading() as session:
            found, open_incidents = rates(session, utc_now()), count_open(session)
        recent = GaugeMetricFamily("triage_arrivals", "Emails of the last 15 minutes.", labels=["mailbox"])
        usual = GaugeMetricFamily(
            "triage_usual_arrivals", "Emails of 15 minutes at this hour of the week.", labels=["mailbox"]
        )
        surge = GaugeMetricFamily("triage_surge", "1 while a mailbox gets far more than usual.", labels=["mailbox"])
        for rate in found:
            recent.add_metric([rate.mailbox], rate.recent)
            surge.add_metric([rate.mailbox], rate.is_surge)
            if rate.usual is not None:
                usual.add_metric([rate.mailbox], rate.usual)
        by_mailbox = GaugeMetricFamily(
            "triage_open_incidents", "Incidents with unhandled mail, by mailbox.", labels=["mailbox"]
        )
        for mailbox, count in open_incidents.items():
            by_mailbox.add_metric([mailbox], count)
        yield from (recent, usual, surge, by_mailbox)

    def _overdue(self) -> GaugeMetricFamily:
        """Return how much mail is overdue in each mailbox whose policy has response targets: a series for no other."""
        policies = self._services.policy
        with self._services.database.reading() as session:
            counts, names = count_overdue(session, utc_now()), names_by_id(session)
        by_mailbox = GaugeMetricFamily(
            "triage_emails_overdue", "Open emails that should have been answered by now.", labels=["mailbox"]
        )
        for number, name in names.items():
            if number in counts or policies.of(number).answer_within:
                by_mailbox.add_metric([name], counts.get(number, 0))
        return by_mailbox

    def _image_lane(self, workers: Sequence[Heartbeat]) -> Iterator[GaugeMetricFamily]:
        """Yield how long the image stream is and how old its head, and who recognises with which model."""
        stream = self._services.images.stream
        oldest = stream.oldest_entry_at()
        age = 0.0 if oldest is None else max((utc_now() - oldest).total_seconds(), 0.0)
        yield GaugeMetricFamily("triage_image_stream_length", "Images in the image stream.", value=stream.length())
        yield GaugeMetricFamily("triage_image_stream_age_seconds", "Age of the oldest image in it.", value=age)
        ready = GaugeMetricFamily(
            "triage_image_workers_ready", "Workers that can recognise images, by model version.", labels=["version"]
        )
        versions = collections.Counter(
            worker.model_version or "" for worker in workers if (worker.kind, worker.state) == (RECOGNIZES, State.READY)
        )
        for version, count in versions.items():
            ready.add_metric([version], count)
        yield ready

    def _trainings(self) -> GaugeMetricFamily:
        with self._services.database.reading() as session:
            counts = trainings.count_by_state(session)
        by_state = GaugeMetricFamily("triage_trainings", "Trainings by state, final ones too.", labels=["state"])
        for state, count in counts.items():
            by_state.add_metric([state], count)
        return by_state

    def _accounts(self) -> Iterator[GaugeMetricFamily]:
        """Yield what an alarm can be set on: a poll that is long ago, a connection that is too old, a problem."""
        polled = GaugeMetricFamily(
            "triage_account_seconds_since_poll",
            "Seconds since all folders of an account were found read to their end, or since it was added.",
            labels=["account"],
        )
        connected = GaugeMetricFamily(
            "triage_account_connection_seconds", "Age of an account's connection; none, no sample.", labels=["account"]
        )
        problem = GaugeMetricFamily(
            "triage_account_problem", "1 while an account cannot be polled, or nobody polls it.", labels=["account"]
        )
        for account, status in self._services.accounts.with_status(now := utc_now()):
            since = status.since_poll if status.since_poll is not None else max(now - account.created_at, timedelta(0))
            polled.add_metric([status.name], since.total_seconds())
            if status.connected_for is not None:
                connected.add_metric([status.name], status.connected_for.total_seconds())
            is_well = status.state in (AccountState.OK, AccountState.WAITING)
            problem.add_metric([status.name], 0 if is_well else 1)
        yield from (polled, connected, problem)


class RequestMetrics:
    """ASGI middleware that counts requests and takes their time, by route and status."""

    def __init__(self, app: ASGIApp, registry: CollectorRegistry) -> None:
        self._app = app
        self._requests = Counter(
            "triage_http_requests", "Requests by route and status.", ["method", "route", "status"], registry=registry
        )
        self._seconds = Histogram(
            "triage_http_request_seconds", "Time to answer, by route.", ["method", "route"], registry=registry
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and note its answer."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        status = 500
        began = perf_counter()

        async def noting_status(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            await self._app(scope, receive, noting_status)
        finally:
            # The pattern of the route and not the path, which has a value for every email.
            route = getattr(scope.get("route"), "path", "unknown")
            # A client may make up methods, and each would be a series of its own.
            method = scope["method"] if scope["method"] in METHODS else "other"
            self._requests.labels(method, route, status).inc()
            self._seconds.labels(method, route).observe(perf_counter() - began)


def add_metrics(app: FastAPI, services: Services) -> None:
    """Let an application count its requests and answer `/metrics`."""
    registry = CollectorRegistry()
    registry.register(StateCollector(services))
    app.add_middleware(RequestMetrics, registry=registry)
    app.state.metrics = registry
    app.include_router(router)


@router.get("/metrics", response_class=Response, dependencies=[READ_ALL])
def metrics(request: Request) -> Response:
    """Return all metrics in Prometheus's text format."""
    return Response(generate_latest(request.app.state.metrics), media_type=CONTENT_TYPE_LATEST)
