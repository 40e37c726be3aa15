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
        # MISCONF: its disk is full; NOREPLICAS: it was told to write only with replicas, and has none.
        if isinstance(error, exceptions.OutOfMemoryError) or any(
            word in str(error) for word in ("MISCONF", "NOREPLICAS")
        ):
            raise QueueUnavailable("Redis takes no more work: its memory or disk is full; give it more") from error
        raise
