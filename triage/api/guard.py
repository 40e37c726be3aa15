"""Keeps other web sites from using our API through the browser of somebody who may.

The API has no keys yet and rests on listening to this machine alone. A browser on this machine runs scripts of any
site: one may send simple requests to us, and with a name of its own that leads here (DNS rebinding) read the answers.
So we answer to our own names only, and take changes only from pages of ours or from programs.
"""

from urllib.parse import urlsplit

from fastapi import FastAPI
from starlette.datastructures import Headers
from starlette.middleware.trustedhost import TrustedHostMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from triage.api.problems import problem
from triage.settings import Settings

OWN_NAMES = ("localhost", "127.0.0.1")
SAFE_METHODS = ("GET", "HEAD", "OPTIONS")


class SameSite:
    """ASGI middleware that refuses changes which a page of another site asks for."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, or answer 403."""
        if scope["type"] == "http" and scope["method"] not in SAFE_METHODS and _is_foreign(Headers(scope=scope)):
            refusal = problem(403, "pages of other sites may change nothing here; send this from a program")
            await refusal(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def add_guard(app: FastAPI, settings: Settings) -> None:
    """Let an application answer to its own names, and take changes from itself and from programs."""
    app.add_middleware(SameSite)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=[*OWN_NAMES, *settings.host_names])


def _is_foreign(headers: Headers) -> bool:
    """Tell by what browsers add to each request: programs send neither header."""
    if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
        return True
    origin = headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != headers.get("host")
