"""Connections to Redis, and its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager

import redis
from redis import exceptions

from triage.errors import QueueUnavailable

AWAY = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.BusyLoadingError,
    exceptions.ReadOnlyError,
)


def connect(url: str) -> redis.Redis:
    """Return a client with a pool of its own; it connects at the first command and again after a failure."""
    return redis.Redis.from_url(url, socket_timeout=5, socket_connect_timeout=5, health_check_interval=30)


@contextmanager
def translated() -> Iterator[None]:
    """Turn Redis being away, loading, full or read-only into `QueueUnavailable`.

    Raises:
        QueueUnavailable: Time may cure it.
    """
    try:
        yield
    except AWAY as error:
        raise QueueUnavailable(f"Redis does not answer ({error}); is it running?") from error
    except exceptions.ResponseError as error:
        if str(error).startswith(("OOM", "MISCONF", "NOREPLICAS")):
            raise QueueUnavailable(f"Redis takes no more work ({error}); give it memory or disk") from error
        raise
