"""Ports for servers that are started in a moment, or are stopped and come back.

A port that the system names as free may be somebody else's before a server binds it: the next who asks is given it too,
and so is any connection that goes out. These lie below those that Linux gives away by itself
(`net.ipv4.ip_local_port_range`, from 32768), and every process of tests takes them from a stretch of its own.
"""

import os
from contextlib import suppress
from itertools import count

from triage.embedded import require_free_port
from triage.errors import CannotStart

_STRETCHES = 400
_EACH = 50
_FIRST = 10_000 + os.getpid() % _STRETCHES * _EACH
_STEPS = count()


def free_port() -> int:
    """Return a port of loopback on which nobody listens; another each time, until a stretch is at its end."""
    for _ in range(_EACH):
        port = _FIRST + next(_STEPS) % _EACH
        with suppress(CannotStart):
            require_free_port(port)
            return port
    raise RuntimeError(f"every port from {_FIRST} to {_FIRST + _EACH - 1} is in use; end what an earlier run left over")
