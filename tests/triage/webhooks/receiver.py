"""A receiver of webhooks on loopback: real HTTP, up or down as a test wants."""

import ssl
from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Self

from tests.ports import free_port


@dataclass(frozen=True)
class Received:
    """One request."""

    path: str
    headers: Message
    body: bytes


@dataclass
class Receiver:
    """Answers what `answer` says; what it received while up is in `got`."""

    port: int = field(default_factory=free_port)
    answer: Callable[[Received], tuple[int, dict[str, str]]] = lambda _: (204, {})
    got: list[Received] = field(default_factory=list)
    _server: ThreadingHTTPServer | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/triage"

    def up(self, context: ssl.SSLContext | None = None) -> Self:
        """Begin to listen, over TLS where a context is given."""
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                received = Received(self.path, self.headers, body)
                status, headers = receiver.answer(received)
                if 200 <= status < 300:
                    receiver.got.append(received)
                self.send_response(status)
                for name, value in headers.items():
                    self.send_header(name, value)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        if context is not None:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def down(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
            self._server = None
