"""One line of the log for each request, and one id by which everything that a request did is found.

A client may give the id, as proxies do, in `X-Request-ID`; else one is made. It comes back with the answer, stands in
every line that is logged for the request, and goes with the mail to the worker that reads it. A client that traces
sends `traceparent` (W3C Trace Context) as well; it is heeded where traces are wanted.
"""

from time import perf_counter

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage import tracing
from triage.api.access import ACCESS
from triage.api.metrics import METHODS
from triage.origin import REQUEST_ID, TRACEPARENT, Origin, come_from, request_id_of

log = structlog.get_logger(__name__)

HEADER = "X-Request-ID"
# Asked every few seconds by supervisors, or fetched with every page: told to those who look for a fault.
_QUIET = ("/livez", "/readyz", "/metrics", "/static", "/events")


class RequestLog:
    """ASGI middleware that gives each request its id, logs it and opens its span."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and log how it was answered."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        request_id = request_id_of(headers.get(HEADER))
        scope.setdefault("state", {})[REQUEST_ID] = request_id
        # Never taken back: the server gives each request a context of its own, and logs in it what goes wrong last.
        come_from(Origin(request_id))
        status, began = 500, perf_counter()

        async def with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[HEADER] = request_id
            await send(message)

        method = scope["method"] if scope["method"] in METHODS else "other"
        told = {"http.request.method": method, "url.scheme": scope["scheme"], f"triage.{REQUEST_ID}": request_id}
        parent = Origin.told({TRACEPARENT: headers.get(TRACEPARENT, "")}).traceparent
        with tracing.span(method, tracing.Kind.SERVER, told, parent=parent) as span:
            try:
                await self._app(scope, receive, with_id)
            finally:
                _note(span, scope, method, status)
                _log(scope, method, status, perf_counter() - began)


def route_of(scope: Scope) -> str:
    """Return the pattern of the route that a request went to: its path may hold an address, or whatever was typed."""
    path = getattr(scope.get("route"), "path", "")
    # Files are mounted and have no route of their own.
    return path or ("/static" if scope["path"].startswith("/static/") else "unknown")


def _note(span: tracing.Span, scope: Scope, method: str, status: int) -> None:
    route = route_of(scope)
    span.rename(f"{method} {route}")
    span.note({"http.route": route, "http.response.status_code": status})
    if status >= 500:
        span.fail(str(status))


def _log(scope: Scope, method: str, status: int, seconds: float) -> None:
    route = route_of(scope)
    access = scope["state"].get(ACCESS)
    key = {} if access is None or access.key_id is None else {"key_id": access.key_id}
    say = log.warning if status >= 500 else log.debug if route in _QUIET else log.info
    say("request answered", method=method, route=route, status=status, ms=round(seconds * 1000, 1), **key)
