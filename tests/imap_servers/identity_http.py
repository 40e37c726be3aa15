"""How requests reach the identity provider, and its answers the client."""

import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qsl, urlsplit


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked.

    Attributes:
        form: Fields of the query or of the body; `client_id` and `client_secret` may have come as HTTP Basic.
    """

    path: str
    form: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is answered; the body is sent as JSON."""

    status: int
    body: Mapping[str, object] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)


class IdentityServer(ThreadingHTTPServer):
    """HTTP on a free port of loopback, a thread for each connection."""

    daemon_threads = True

    def __init__(self, answer: Callable[[Request], Reply]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.answer = answer


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        target = urlsplit(self.path)
        self._reply(Request(target.path, dict(parse_qsl(target.query, keep_blank_values=True))))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        form = dict(parse_qsl(body, keep_blank_values=True))
        self._reply(Request(urlsplit(self.path).path, form | _basic(self.headers.get("Authorization", ""))))

    def log_message(self, *_: object) -> None:
        """Keep quiet: pytest would show it with every failure."""

    def _reply(self, request: Request) -> None:
        reply = self.server.answer(request)
        body = json.dumps(reply.body).encode()
        self.send_response(reply.status)
        for name, value in reply.headers.items():
            self.send_header(name, value)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _basic(authorization: str) -> Mapping[str, str]:
    if not authorization.startswith("Basic "):
        return {}
    name, _, secret = base64.b64decode(authorization.removeprefix("Basic ")).decode().partition(":")
    return {"client_id": name, "client_secret": secret}
