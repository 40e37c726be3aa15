"""Where work came from: the request that brought it, and what was being traced then.

A door says it once (a request, a look into an account, a command); whoever enqueues sends it along, and whoever does
the work later says it again. So a line in the log of a worker names the request that brought the mail in. Context
variables hold per request and per thread.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any, Self
from uuid import uuid4

from triage import tracing

# What is logged and sent along as it is: room for every usual kind of id, and none for an address or a sentence.
_ID = re.compile(r"[A-Za-z0-9._~:/+=-]{1,128}")
_TRACEPARENT = re.compile(r"[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}")
# How they are called in Redis: in an entry of a stream, and among the headers of a Celery message.
REQUEST_ID, TRACEPARENT = "request_id", "traceparent"


@dataclass(frozen=True, slots=True)
class Origin:
    """Where some work came from.

    Attributes:
        request_id: Of the request; empty where no door was passed, as for what the schedule begins.
        traceparent: The span that sent it, as W3C Trace Context puts it; empty where nothing was traced.
    """

    request_id: str = ""
    traceparent: str = ""

    @classmethod
    def told(cls, fields: Mapping[Any, Any]) -> Self:
        """Return what was sent along with work; what cannot be an id counts as not said."""
        request_id, traceparent = (_text(fields, name) for name in (REQUEST_ID, TRACEPARENT))
        return cls(
            request_id if _ID.fullmatch(request_id) else "",
            traceparent if _TRACEPARENT.fullmatch(traceparent) else "",
        )

    def fields(self) -> dict[str, str]:
        """Return what is sent along with work, as small as can be."""
        both = {REQUEST_ID: self.request_id, TRACEPARENT: self.traceparent}
        return {name: value for name, value in both.items() if value}


NOWHERE = Origin()
_origin: ContextVar[Origin] = ContextVar("origin", default=NOWHERE)


def origin() -> Origin:
    """Return where the work of this context came from."""
    return _origin.get()


def outgoing() -> Origin:
    """Return what to send along with work that is handed on now: the same request, and the span of this moment."""
    return Origin(_origin.get().request_id, tracing.traceparent())


def come_from(where: Origin) -> None:
    """Say where the work of this context came from, from here on."""
    _origin.set(where)


@contextmanager
def coming_from(where: Origin) -> Iterator[None]:
    """Say where the work within came from."""
    token = _origin.set(where)
    try:
        yield
    finally:
        _origin.reset(token)


def request_id_of(told: str | None) -> str:
    """Return the id that a client gives its request, or a new one where it gives none that can be logged."""
    return told if told is not None and _ID.fullmatch(told) else new_request_id()


def new_request_id() -> str:
    """Return an id that nobody else has."""
    return uuid4().hex


def _text(fields: Mapping[Any, Any], name: str) -> str:
    # Redis answers in bytes, Celery in text.
    found = fields.get(name.encode(), fields.get(name, ""))
    return found.decode("ascii", "replace") if isinstance(found, bytes) else str(found)
