"""Who is acting: what the audit trail names beside each change.

Each edge says it once — a command `cli:<user>`, a request `key:<name>`, `web` or `api`, a task or a thread
`system:<what>` — and what writes the trail asks here. Context variables hold per request and per thread.
"""

from contextvars import ContextVar

_actor: ContextVar[str] = ContextVar("actor", default="system")


def actor() -> str:
    """Return who acts in this context; `system` where no edge has said so."""
    return _actor.get()


def set_actor(name: str) -> None:
    """Say who acts from here on in this context."""
    _actor.set(name)
