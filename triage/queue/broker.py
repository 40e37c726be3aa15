"""Celery on Redis, configured once for producers and workers."""

from datetime import timedelta
from urllib.parse import urlsplit

from celery import Celery
from kombu.entity import Queue
from kombu.exceptions import OperationalError

from triage.errors import QueueUnavailable
from triage.origin import Origin, outgoing
from triage.queue.names import (
    BEGIN_READING_AGAIN,
    DRAIN_MAIL,
    FORGET_SENT,
    IMAGE_QUEUE,
    LEARN,
    NOTE_BREACHES,
    PLACE_BY_POLICY,
    PURGE,
    READ_AGAIN,
    READ_TEXTS,
    RECOGNIZE_IMAGES,
    RECONCILE,
    RING_DOORBELL,
    SEE_TO_TRAININGS,
    TELL_WEBHOOKS,
    TEXT_QUEUE,
    TRAIN,
    TRAIN_QUEUE,
    UPKEEP_QUEUE,
    WAKE,
)
from triage.queue.redis import SOCKET_TIMEOUT, in_our_words

# Above the longest task of any queue: what is not acknowledged by then is delivered again.
VISIBILITY_TIMEOUT = timedelta(hours=1)


def celery_app(redis_url: str) -> Celery:
    """Return a Celery application that sends to our queues; workers add tasks to theirs."""
    app = Celery("triage", broker=broker_url(redis_url), set_as_current=False)
    app.conf.update(
        accept_content=["json"],
        task_serializer="json",
        result_backend=None,
        task_ignore_result=True,
        task_queues=[Queue(TEXT_QUEUE), Queue(UPKEEP_QUEUE), Queue(TRAIN_QUEUE), Queue(IMAGE_QUEUE)],
        task_default_queue=UPKEEP_QUEUE,
        task_create_missing_queues=False,
        task_routes={
            DRAIN_MAIL: {"queue": TEXT_QUEUE},
            READ_TEXTS: {"queue": TEXT_QUEUE},
            RING_DOORBELL: {"queue": UPKEEP_QUEUE},
            RECONCILE: {"queue": UPKEEP_QUEUE},
            WAKE: {"queue": UPKEEP_QUEUE},
            NOTE_BREACHES: {"queue": UPKEEP_QUEUE},
            PURGE: {"queue": UPKEEP_QUEUE},
            PLACE_BY_POLICY: {"queue": TEXT_QUEUE},
            LEARN: {"queue": TEXT_QUEUE},
            READ_AGAIN: {"queue": TEXT_QUEUE},
            BEGIN_READING_AGAIN: {"queue": UPKEEP_QUEUE},
            SEE_TO_TRAININGS: {"queue": UPKEEP_QUEUE},
            TELL_WEBHOOKS: {"queue": UPKEEP_QUEUE},
            FORGET_SENT: {"queue": UPKEEP_QUEUE},
            TRAIN: {"queue": TRAIN_QUEUE},
            RECOGNIZE_IMAGES: {"queue": IMAGE_QUEUE},
        },
        task_acks_late=True,
        task_reject_on_worker_lost=True,
        # With 1, a task that Redis lost sight of before it was acknowledged would keep its worker from taking another.
        worker_prefetch_multiplier=2,
        worker_enable_remote_control=False,
        worker_send_task_events=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        # A full Redis answers with an error; a worker connects anew until it is well, instead of ending.
        broker_channel_error_retry=True,
        broker_transport_options={
            "visibility_timeout": VISIBILITY_TIMEOUT.total_seconds(),
            # Look for tasks of dead workers every second and not every hundred.
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
            # Above the second for which a worker's BRPOP waits. Without it a frozen Redis would hold a sender for ever.
            "socket_timeout": SOCKET_TIMEOUT.total_seconds(),
            "socket_connect_timeout": SOCKET_TIMEOUT.total_seconds(),
            "socket_keepalive": True,
            "health_check_interval": 30,
        },
        timezone="UTC",
    )
    return app


def broker_url(redis_url: str) -> str:
    """Return the address of Redis as Celery spells it: a Unix socket is `redis+socket://` there."""
    parts = urlsplit(redis_url)
    if parts.scheme != "unix":
        return redis_url
    return f"redis+socket://{parts.path}" + (f"?virtual_host={parts.query.removeprefix('db=')}" if parts.query else "")


def send(
    app: Celery, task: str, *, expires: timedelta | None = None, came_from: Origin | None = None, **arguments: object
) -> None:
    """Send a task by name; a few seconds are spent on trying. After `expires` no worker begins it.

    The message says where it came from: by default from the request of this moment.

    Raises:
        QueueFull: Redis takes no more work.
        QueueUnavailable: Redis does not answer.
    """
    headers = (outgoing() if came_from is None else came_from).fields()
    try:
        seconds = None if expires is None else expires.total_seconds()
        app.send_task(
            task,
            kwargs=arguments,
            expires=seconds,
            headers=headers,
            retry=True,
            retry_policy={"max_retries": 2, "interval_start": 0.1},
        )
    except OperationalError as error:
        raise in_our_words(error) or QueueUnavailable(str(error)) from error
