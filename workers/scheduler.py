"""What sends the schedule, and touches a file as often as it looks what is due: `beat.heartbeat`."""

from functools import partial
from typing import Any

import celery.beat
import structlog

from triage import signs
from workers import boot

log = structlog.get_logger(__name__)


class Scheduler(celery.beat.Scheduler):  # type: ignore[misc]  # Celery has no types
    """Celery's scheduler that remembers nothing in a file, so that a full disk stops nothing; with a sign of life."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._alive = partial(signs.touch, signs.alive_file(boot.settings().run_dir, signs.BEAT))
        super().__init__(*arguments, **options)

    def tick(self, *arguments: Any, **options: Any) -> Any:
        """Send what is due, and return how long nothing will be."""
        self._alive()
        return super().tick(*arguments, **options)

    def _ensure_connected(self) -> Any:
        """Wait for Redis as Celery does, alive meanwhile: to be started again would not bring it back."""
        return self.connection.ensure_connection(_say_why, callback=self._alive)


def _say_why(error: Exception, interval: float) -> None:
    log.warning("waiting for Redis", error=str(error), seconds=interval)
