"""How many requests one client may send; over it 429 with `Retry-After`.

A client is a key or a session that was good lately, else an address. A bucket for each client holds a burst and fills
steadily. Buckets are of this process: with several behind one address each lets through as much. The header fields are
those of draft-ietf-httpapi-ratelimit-headers.
"""

from collections import OrderedDict
from datetime import timedelta
from math import ceil
from time import monotonic

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from triage.api.doorman import Doorman
from triage.api.problems import problem, retry_after

BURST_SECONDS = 10
# Clients that are remembered; who is forgotten begins with a full bucket.
MOST_CLIENTS = 10_000
# A supervisor's question whether we live is never refused.
UNCOUNTED = ("/livez", "/readyz")


class Buckets:
    """What each client may still send; for one thread.

    Args:
        per_second: How fast a bucket fills; it holds as much as comes in `BURST_SECONDS`.
    """

    def __init__(self, per_second: int) -> None:
        self.per_second, self.most = per_second, per_second * BURST_SECONDS
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # requests, and when that was so

    def take(self, client: bytes, now: float) -> float:
        """Take one request out of a bucket and return what is left; below zero, it was not there to be taken."""
        left, at = self._left.pop(client, (float(self.most), now))
        left = min(left + (now - at) * self.per_second, self.most)
        self._left[client] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > MOST_CLIENTS:
            self._left.popitem(last=False)
        return left - 1


class RateLimit:
    """ASGI middleware that refuses what a client sends beyond its rate."""

    def __init__(self, app: ASGIApp, per_second: int) -> None:
        self._app = app
        self._buckets = Buckets(per_second)
        self._policy = f'"client";q={self._buckets.most};w={BURST_SECONDS}'

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with what is left told, or answer 429."""
        if scope["type"] != "http" or scope["path"] in UNCOUNTED:
            await self._app(scope, receive, send)
            return
        left = self._buckets.take(client_of(scope), monotonic())
        until_full = ceil((self._buckets.most - max(left, 0)) / self._buckets.per_second)

        async def telling(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["RateLimit-Policy"] = self._policy
                headers["RateLimit"] = f'"client";r={max(int(left), 0)};t={until_full}'
            await send(message)

        if left >= 0:
            await self._app(scope, receive, telling)
            return
        wait = timedelta(seconds=-left / self._buckets.per_second)
        sentence = f"more than {self._buckets.per_second} requests a second came from you; send this again later"
        await problem(429, sentence, headers=retry_after(wait))(scope, receive, telling)


def client_of(scope: Scope) -> bytes:
    """Return who sends a request: the digest of its key or session, or its address.

    A key counts once it was found to be good: anybody can make one up for each request.
    """
    doorman: Doorman | None = getattr(scope["app"].state, "doorman", None) if "app" in scope else None
    known = doorman.recognised(Headers(scope=scope)) if doorman else None
    client = scope.get("client")
    return known or (client[0].encode() if client else b"")
