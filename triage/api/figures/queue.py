"""What waits in Redis, and who works on it."""

import collections
from collections.abc import Iterator, Sequence
from datetime import datetime

from prometheus_client.core import GaugeMetricFamily

from triage.api.figures.figure import Figure
from triage.api.services import Services
from triage.queue.heartbeat import READS, RECOGNIZES, Heartbeat, State, living_workers
from triage.queue.names import IMAGE_QUEUE, TEXT_QUEUE, TRAIN_QUEUE, UPKEEP_QUEUE
from triage.queue.redis import translated
from triage.queue.soundness import redis_warnings
from triage.queue.stream import WorkStream

LENGTH = Figure("triage_stream_length", "Emails in the mail stream, those that a worker has in hand too.")
LAG = Figure("triage_stream_lag", "Emails in it that no worker has taken yet.")
AGE = Figure("triage_stream_age_seconds", "Age of the oldest email in it; 0 when it is empty.")
IMAGE_LENGTH = Figure("triage_image_stream_length", "Images in the image stream.")
IMAGE_AGE = Figure("triage_image_stream_age_seconds", "Age of the oldest image in it.")
TASKS = Figure("celery_queue_length", "Tasks that wait in a queue of Celery.", ("queue_name",))
WORKERS = Figure("triage_workers", "Workers that gave a sign of life lately.")
READY = Figure("triage_workers_ready", "Workers among them that can read mail.")
STATES = Figure("triage_worker_states", "Workers by kind and state.", ("kind", "state"))
IMAGES_READY = Figure(
    "triage_image_workers_ready", "Workers that can recognise images, by model version.", ("version",)
)
MODELS = Figure("triage_model_info", "1, with a version that a worker has loaded, by its kind.", ("kind", "version"))
WARNINGS = Figure("triage_redis_warnings", "Settings of Redis by which it may lose work.")


def queue(services: Services, now: datetime) -> Iterator[GaugeMetricFamily]:
    """Yield what there is to say of streams, queues and workers.

    Raises:
        QueueUnavailable: Redis does not answer.
    """
    stream, images = services.stream, services.images.stream
    length = stream.length()
    yield LENGTH.of(length)
    yield LAG.of(max(length - stream.held(), 0))
    yield AGE.of(_age(stream, now))
    with translated():
        names = (TEXT_QUEUE, UPKEEP_QUEUE, IMAGE_QUEUE, TRAIN_QUEUE)
        yield TASKS.by({name: services.redis.llen(name) for name in names})
    yield IMAGE_LENGTH.of(images.length())
    yield IMAGE_AGE.of(_age(images, now))
    yield from _workers(living_workers(services.redis))
    yield WARNINGS.of(len(redis_warnings(services.redis)))


def _workers(living: Sequence[Heartbeat]) -> Iterator[GaugeMetricFamily]:
    yield WORKERS.of(len(living))
    yield READY.of(sum((one.kind, one.state) == (READS, State.READY) for one in living))
    yield STATES.by(collections.Counter((one.kind, str(one.state)) for one in living))
    ready = [one for one in living if (one.kind, one.state) == (RECOGNIZES, State.READY)]
    yield IMAGES_READY.by(collections.Counter(one.model_version or "" for one in ready))
    yield MODELS.by({(one.kind, one.model_version): 1 for one in living if one.model_version})


def _age(stream: WorkStream, now: datetime) -> float:
    oldest = stream.oldest_entry_at()
    return 0.0 if oldest is None else max((now - oldest).total_seconds(), 0.0)
