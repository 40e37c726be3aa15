"""HEAD wherever there is GET (RFC 9110 §9.3.2): the same answer without its content."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send


class Head:
    """ASGI middleware that answers HEAD as it would GET, and keeps the content back."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on; one that asks for the head alone as one that asks for all."""
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self._app(scope, receive, send)
            return

        async def without_content(message: Message) -> None:
            await send({**message, "body": b""} if message["type"] == "http.response.body" else message)

        # A copy: the server looks at its own to know that no content follows.
        inner = {**scope, "method": "GET"}
        try:
            await self._app(inner, receive, without_content)
        finally:
            # Those outside log the route.
            scope.update({name: inner[name] for name in ("route", "state") if name in inner})
