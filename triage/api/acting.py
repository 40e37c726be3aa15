"""Says of each request who acts, for the trail of changes."""

from starlette.types import ASGIApp, Receive, Scope, Send

from triage.actor import set_actor


class Acting:
    """ASGI middleware: a request acts as `api`, until something that knows more says so in the same context."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on."""
        if scope["type"] == "http":
            set_actor("api")
        await self._app(scope, receive, send)
