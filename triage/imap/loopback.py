"""Hears where a browser on this machine is sent to, so that nobody needs to copy it (RFC 8252 §7.3)."""

import queue
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

THANKS = b"Thank you. Triage has what it needs; this window may be closed.\n"
NOT_OURS = b"This is not the answer that Triage waits for.\n"
# Browsers open connections before they need them; one that says nothing is let go.
VISIT_SECONDS = 10.0


class Listener:
    """Listens on a port of this machine, any that is free, from when it is made until it is left.

    Attributes:
        port: The port.
        is_answer: Says of an address whether it is what we wait for; until it is set, none is.
    """

    def __init__(self) -> None:
        self.is_answer: Callable[[str], bool] = lambda _: False
        self._answers: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._server = _Server(("127.0.0.1", 0), self._visit)
        self.port: int = self._server.server_address[1]

    def answer(self) -> str | None:
        """Return the address of an answer, or `None` while none came."""
        try:
            return self._answers.get_nowait()
        except queue.Empty:
            return None

    def __enter__(self) -> Self:
        """Begin to hear."""
        threading.Thread(target=self._server.serve_forever, args=(0.1,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        """Close the port."""
        self._server.shutdown()
        self._server.server_close()

    def _visit(self, *arguments: Any) -> "_Visit":
        return _Visit(self._take, *arguments)

    def _take(self, url: str) -> bool:
        is_answer = self.is_answer(url)
        if is_answer:
            self._answers.put(url)
        return is_answer


class _Server(ThreadingHTTPServer):
    """A thread for each visit; one that breaks off is no concern of whoever reads the terminal."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Say nothing."""


class _Visit(BaseHTTPRequestHandler):
    """One request of a browser."""

    timeout = VISIT_SECONDS

    def __init__(self, take: Callable[[str], bool], *arguments: Any) -> None:
        self._take = take
        super().__init__(*arguments)

    def do_GET(self) -> None:
        """Take an answer; whatever else a browser asks for, an icon say, is none."""
        is_answer = self._take(self.path)
        said = THANKS if is_answer else NOT_OURS
        self.send_response(200 if is_answer else 404)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    def log_message(self, *_: object) -> None:
        """Say nothing: the path has the code in it."""
