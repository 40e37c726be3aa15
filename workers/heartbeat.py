"""The sign of life of a worker: a key in Redis and two files, renewed every few seconds by a thread.

The files are for supervisors that must not start a Python process to ask (`find FILE -newermt '-30 seconds'`):

    worker-text.heartbeat    touched while the worker lives and is not deaf, whether Redis answers or not
    worker-text.ready        touched while it can read mail: its model is loaded and Redis answers

and `worker-image.…` and `worker-train.…` likewise. The first of these is ready before its model is loaded, which it
does at the first image; the other holds none.
"""

import os
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Protocol

import structlog
from redis import Redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from triage import signs
from triage.errors import QueueFull, TriageError
from triage.queue import connect
from triage.queue.heartbeat import BEATS_EVERY, READS, RECOGNIZES, TRAINS, Heartbeat, State, beat, forget
from triage.queue.names import IMAGE_QUEUE, TEXT_QUEUE, UPKEEP_QUEUE
from workers import boot
from workers.reader import Versioned
from workers.watchdog import PATIENCE, PATIENCE_WITH_IMAGES, PATIENCE_WITH_LOADING, Watchdog, expect_a_beat

log = structlog.get_logger(__name__)

# Silence that is worth telling; every worker has some between two tasks.
DEAF_AFTER = timedelta(seconds=10)

_THREAD = "heartbeat"
_stopping = threading.Event()


class Beating(Protocol):
    """What gives signs of life."""

    def beat(self) -> bool:
        """Give one, and say whether the worker may live on."""

    def end(self) -> None:
        """Take leave."""


def start(pulse: Beating) -> None:
    """Begin to give signs of life."""
    threading.Thread(target=_beat_until_stopped, args=(pulse,), name=_THREAD, daemon=True).start()


def load_model() -> None:
    """Load the model of this process."""
    try:
        boot.text_model()
    except TriageError:
        # The worker lives on: mail stays queued, and each drain tries to load the model again.
        log.warning("the worker waits for a model")


def stop() -> None:
    """Give no more signs of life."""
    _stopping.set()


def await_end() -> None:
    """Wait until leave has been taken, but not for long: without it the sign of life expires."""
    _stopping.set()
    for thread in threading.enumerate():
        if thread.name == _THREAD:
            thread.join(timeout=2)


def alive_file(run_dir: Path, kind: str = READS) -> Path:
    """Return the file that a worker touches while it lives."""
    return signs.alive_file(run_dir, f"worker-{kind}")


def ready_file(run_dir: Path, kind: str = READS) -> Path:
    """Return the file that a worker touches while it can do its work."""
    return signs.ready_file(run_dir, f"worker-{kind}")


class Loads(Protocol):
    """What loads the models of a worker; it may be asked by any thread."""

    @property
    def is_loading(self) -> bool:
        """Whether a model is being loaded."""

    @property
    def problem(self) -> str:
        """What a person should mend, as a sentence; empty when nothing."""


def pulse_of_text() -> "Pulse":
    """Return what beats for a worker that reads mail."""
    models = boot.models()
    return Pulse(READS, models, lambda: models.shipped.model, Watchdog(TEXT_QUEUE, UPKEEP_QUEUE))


def pulse_of_images() -> "Pulse":
    """Return what beats for a worker that recognises images."""
    reader = boot.image_reader()
    return Pulse(RECOGNIZES, reader, lambda: reader.model, Watchdog(IMAGE_QUEUE), PATIENCE_WITH_IMAGES)


class Pulse:
    """One beat after the other.

    Args:
        kind: Of the worker.
        loader: Loads its models.
        model: Returns the one that it reads with, `None` before it is loaded.
        watchdog: Notices when it goes deaf.
        patience: How long tasks may wait while it takes none.
    """

    def __init__(
        self,
        kind: str,
        loader: Loads,
        model: Callable[[], Versioned | None],
        watchdog: Watchdog,
        patience: timedelta = PATIENCE,
    ) -> None:
        self._client = _hurried(boot.settings().redis_url)
        self._run_dir = boot.settings().run_dir
        self._kind, self._loader, self._model = kind, loader, model
        self._watchdog, self._patience = watchdog, patience
        self._was_loading = True

    def beat(self) -> bool:
        """Give every sign of life that there is reason for; say whether the worker may live on."""
        silence, queue_answers = self._silence()
        patience = PATIENCE_WITH_LOADING if self._was_loading else self._patience
        if silence > patience:
            return False
        signs.touch(alive_file(self._run_dir, self._kind))
        told = self._told(silence)
        try:
            beat(self._client, told)
        except TriageError as error:
            queue_answers = False
            if isinstance(error, QueueFull):
                # Celery cannot make a lost connection anew while Redis is full. Mail is read by going round meanwhile.
                self._watchdog.excuse()
            log.warning("no sign of life given", error=str(error))
        if queue_answers and told.state is State.READY:
            signs.touch(ready_file(self._run_dir, self._kind))
        return True

    def end(self) -> None:
        """Take leave."""
        try:
            forget(self._client, boot.worker_name())
        except TriageError:
            log.info("sign of life left to expire")

    def _silence(self) -> tuple[timedelta, bool]:
        """Return how long the worker has been silent without excuse, and whether Redis answers."""
        is_loading = self._loader.is_loading
        if self._was_loading and not is_loading:
            self._watchdog.excuse()
        self._was_loading = is_loading
        try:
            return self._watchdog.silence(self._client), True
        except TriageError:
            self._watchdog.excuse()
            return timedelta(0), False

    @property
    def _loads_first(self) -> bool:
        """Whether it can do nothing before its model is loaded; one for images loads it when there is one."""
        return self._kind == READS

    @property
    def _deaf_after(self) -> timedelta:
        return max(DEAF_AFTER, self._patience / 3)

    def _told(self, silence: timedelta) -> Heartbeat:
        model, problem = self._model(), self._loader.problem
        if model is None and (problem or self._loads_first):
            # Before the first load is over there is no problem yet.
            state = State.WITHOUT_MODEL if problem else State.STARTING
            problem = problem or "its model is being loaded; it takes some seconds"
        elif silence > self._deaf_after and not self._was_loading:
            state = State.DEAF
            problem = f"tasks wait and it has taken none for {silence.total_seconds():.0f} s; it is replaced soon"
        else:
            state = State.READY
        last = self._watchdog.last_task_at
        return Heartbeat(
            boot.worker_name(),
            self._kind,
            model_version=None if model is None else model.version,
            problem=problem,
            state=state,
            last_task_at=None if last is None else last.isoformat(timespec="seconds"),
            silent_seconds=round(silence.total_seconds(), 1),
        )


class Sign:
    """The sign of life of a worker that trains; how far a training is, its row says."""

    def __init__(self) -> None:
        self._client = _hurried(boot.settings().redis_url)
        self._run_dir = boot.settings().run_dir

    def beat(self) -> bool:
        """Say that it lives."""
        signs.touch(alive_file(self._run_dir, TRAINS))
        try:
            beat(self._client, Heartbeat(boot.worker_name(), TRAINS, model_version=None))
        except TriageError as error:
            log.warning("no sign of life given", error=str(error))
        else:
            signs.touch(ready_file(self._run_dir, TRAINS))
        return True

    def end(self) -> None:
        """Take leave."""
        try:
            forget(self._client, boot.worker_name())
        except TriageError:
            log.info("sign of life left to expire")


def _beat_until_stopped(pulse: Beating) -> None:
    while True:
        expect_a_beat()
        if not pulse.beat():
            log.error("worker is deaf and ends, to be started again")
            # No clean-up: what it held is claimed by another, as that of any worker that dies.
            os._exit(1)
        if _stopping.wait(BEATS_EVERY.total_seconds()):
            break
    pulse.end()


def _hurried(redis_url: str) -> Redis:
    """Return a client that gives up at the first time-out: repeated, they would outlast the age a file may have."""
    client = connect(redis_url)
    client.set_retry(Retry(NoBackoff(), 0))
    return client
