"""One POST to a host that somebody named.

Each goes over a connection of its own, to an address that the guard has judged. No redirect is followed, no proxy of
the environment asked, and the answer's body not read. A timer ends it all, for a receiver that sends a byte now and
then would keep within every limit of a single read.
"""

import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from http.client import HTTPConnection, HTTPException
from threading import Timer
from time import monotonic

from triage.errors import HostRefused
from triage.network import Guard
from triage.webhooks.target import Target

CONNECT_SECONDS = 5.0
LONGEST_WAIT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of it.

    Attributes:
        status: HTTP status; `None` where there was no answer.
        error: Why not, as one sentence; empty where there was an answer.
        retry_after: When the receiver asks to come back.
    """

    status: int | None = None
    error: str = ""
    retry_after: timedelta | None = None


def post(target: Target, body: bytes, headers: Mapping[str, str], guard: Guard, *, within: timedelta) -> Answer:
    """Send a body and return what came of it; never raises for what network or receiver do."""
    until = monotonic() + within.total_seconds()
    try:
        return _posted(target, body, headers, guard, until)
    except HostRefused as error:
        return Answer(error=str(error))
    except ssl.SSLCertVerificationError:
        return Answer(error=f"{target.host} has a certificate that is not to be trusted")
    except TimeoutError:
        return Answer(error=_too_slow(target, within))
    except (OSError, HTTPException, ValueError) as error:
        if monotonic() >= until:
            return Answer(error=_too_slow(target, within))
        # Its kind alone: what a stranger answers is not ours to keep.
        return Answer(error=f"{target.host} does not answer, or breaks off ({type(error).__name__})")


def _posted(target: Target, body: bytes, headers: Mapping[str, str], guard: Guard, until: float) -> Answer:
    opened, address = guard.connect(target.host, target.port, min(CONNECT_SECONDS, until - monotonic()))
    with opened:
        if not target.is_encrypted and not guard.is_allowed(address):
            return Answer(error=f"{target.host} is only told over https; http is for networks that are allowed by name")
        with _cut_off(opened, until), _private(opened, target) as channel:
            connection = HTTPConnection(target.host, target.port)
            connection.sock = channel
            connection.request("POST", target.path, body, {"Host": target.authority, **headers})
            response = connection.getresponse()
            return Answer(response.status, retry_after=_retry_after(response.headers.get("Retry-After")))


@contextmanager
def _cut_off(opened: socket.socket, until: float) -> Iterator[None]:
    """End a connection at a moment, whatever is going on; who reads from it then finds its end."""
    # A descriptor of its own: TLS takes that of the socket over.
    handle = opened.dup()

    def end() -> None:
        with suppress(OSError):
            handle.shutdown(socket.SHUT_RDWR)

    opened.settimeout(max(until - monotonic(), 0.001))
    timer = Timer(max(until - monotonic(), 0), end)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        handle.close()


@contextmanager
def _private(opened: socket.socket, target: Target) -> Iterator[socket.socket]:
    if not target.is_encrypted:
        yield opened
        return
    with _context().wrap_socket(opened, server_hostname=target.host) as channel:
        yield channel


@cache
def _context() -> ssl.SSLContext:
    return ssl.create_default_context()


def _retry_after(told: str | None) -> timedelta | None:
    """Return what a receiver asks for in seconds, up to a day; a date counts as not said."""
    if told is None or not told.strip().isdecimal() or not told.strip().isascii():
        return None
    return min(timedelta(seconds=int(told.strip()[:6])), LONGEST_WAIT)


def _too_slow(target: Target, within: timedelta) -> str:
    return f"{target.host} did not answer within {within.total_seconds():g} seconds"
