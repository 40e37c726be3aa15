"""Connections to Redis, and its errors in our words."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

import redis
from redis import exceptions

from triage.errors import QueueFull, QueueUnavailable
from triage.queue.names import PROBE

SOCKET_TIMEOUT = timedelta(seconds=5)
AWAY = (
    exceptions.ConnectionError,
    exceptions.TimeoutError,
    exceptions.BusyLoadingError,
    exceptions.ReadOnlyError,
)
# Its memory is full; its disk is; it was told to write only with replicas, and has none.
FULL = ("used memory > 'maxmemory'", "MISCONF", "NOREPLICAS")


def connect(url: str) -> redis.Redis:
    """Return a client with a pool of its own; it connects at the first command and again after a failure."""
    seconds = SOCKET_TIMEOUT.total_seconds()
    return redis.Redis.from_url(url, socket_timeout=seconds, socket_connect_timeout=seconds, health_check_interval=30)


@contextmanager
def translated() -> Iterator[None]:
    """Turn Redis being away, loading, full or read-only into our errors.

    Raises:
        QueueFull: It answers and takes no more.
        QueueUnavailable: It does not answer.
    """
    try:
        yield
    except (*AWAY, exceptions.ResponseError) as error:
        ours = in_our_words(error)
        if ours is None:
            raise
        raise ours from error


def in_our_words(error: BaseException) -> QueueUnavailable | None:
    """Return what time may cure of an error of Redis, `None` when it is a fault of ours."""
    if any(word in str(error) for word in FULL):
        return QueueFull("Redis takes no more work: its memory or disk is full; give it more")
    if isinstance(error, exceptions.ResponseError) and not isinstance(error, AWAY):
        return None
    return QueueUnavailable(f"Redis does not answer ({error}); is it running?")


def require_room(client: redis.Redis) -> None:
    """Return when Redis answers and takes more work; it is asked by a small write.

    Raises:
        QueueFull: It answers and takes no more.
        QueueUnavailable: It does not answer.
    """
    with translated():
        client.set(PROBE, b"1", px=timedelta(seconds=1))
