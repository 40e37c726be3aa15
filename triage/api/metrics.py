"""Prometheus metrics of the web process: its requests, what it counts besides, and figures of the whole instance."""

from time import perf_counter

from fastapi import APIRouter, FastAPI, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.api.access import READ_ALL
from triage.api.figures.collector import StateCollector
from triage.api.services import Services
from triage.metrics.registry import REGISTRY

router = APIRouter(tags=["health"])

METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})


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
    told = generate_latest(request.app.state.metrics) + generate_latest(REGISTRY)
    return Response(told, media_type=CONTENT_TYPE_LATEST)
