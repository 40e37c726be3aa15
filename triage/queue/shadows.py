"""Marks that workers leave while a candidate reads, so that one that ends the process does so once."""

from typing import cast

from redis import Redis

from triage.queue.names import SHADOW_MARKS
from triage.queue.redis import translated


class ShadowMarks:
    """Of each worker the version that reads in it now. Every method raises `QueueUnavailable` without Redis."""

    def __init__(self, client: Redis) -> None:
        self._client = client

    def leave(self, worker: str, version: str) -> None:
        """Say that a version begins to read in a worker."""
        with translated():
            self._client.hset(SHADOW_MARKS, worker, version)

    def wipe(self, worker: str) -> None:
        """Say that it did no harm."""
        with translated():
            self._client.hdel(SHADOW_MARKS, worker)

    def found(self) -> dict[str, str]:
        """Return the marks that are there, by worker; that of a worker that lives no more is a cause of death."""
        with translated():
            marks = cast("dict[bytes, bytes]", self._client.hgetall(SHADOW_MARKS))
        return {worker.decode(): version.decode() for worker, version in marks.items()}

    def forget(self, version: str) -> None:
        """Wipe all marks of a version that was stopped."""
        for worker, marked in self.found().items():
            if marked == version:
                self.wipe(worker)
