"""All figures of the instance, for Prometheus."""

from collections.abc import Callable, Iterator

from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from triage.api.figures.accounts import accounts
from triage.api.figures.figure import Figure
from triage.api.figures.images import images
from triage.api.figures.mail import mail
from triage.api.figures.models import models
from triage.api.figures.outbox import outbox
from triage.api.figures.queue import queue
from triage.api.services import Services, utc_now
from triage.errors import TransientError
from triage.queue.redis import require_room

WORKS = Figure("triage_part_works", "1 while the database answers, and Redis answers and takes work.", ("part",))


class StateCollector(Collector):
    """Takes every figure when it is asked for. What does not answer is left out."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield the gauges."""
        now = utc_now()
        of_database, database_answers = _taken(
            family for part in (mail, accounts, models, images, outbox) for family in part(self._services, now)
        )
        of_redis, redis_answers = _taken(queue(self._services, now))
        yield from of_database
        yield from of_redis
        yield WORKS.by({"database": database_answers, "redis": redis_answers and self._redis_has_room()})

    def _redis_has_room(self) -> bool:
        return _works(lambda: require_room(self._services.redis))


def _taken(families: Iterator[GaugeMetricFamily]) -> tuple[list[GaugeMetricFamily], bool]:
    """Return what could be taken, and whether that is all."""
    taken: list[GaugeMetricFamily] = []
    return taken, _works(lambda: taken.extend(families))


def _works(ask: Callable[[], object]) -> bool:
    try:
        ask()
    except TransientError:
        return False
    return True
