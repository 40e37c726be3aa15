"""The Celery application: tasks, schedule, and what happens when a worker starts and stops.

`triage worker` and `triage beat` start it. A text worker runs in Celery's `solo` pool: one process, one model, one
batch after the other; more cores take more workers.
"""

from typing import Any

from celery import Celery, signals
from celery.app.task import Task

from triage.errors import TransientError
from triage.queue import celery_app, connect
from triage.queue.names import DRAIN_MAIL
from triage.queue.soundness import log_redis_warnings
from workers import boot, heartbeat, rounds
from workers.schedule import SCHEDULE, SCHEDULER


class TriageTask(Task):  # type: ignore[misc]  # Celery has no types
    """A task that may run twice, retries only what may heal, and acknowledges last."""

    acks_late = True
    autoretry_for = (TransientError,)
    retry_backoff = True  # seconds, doubling, with jitter
    retry_backoff_max = 30
    max_retries = 5


def create_app() -> Celery:
    """Return the application with all tasks; reads the settings of this process."""
    made = celery_app(boot.settings().redis_url)
    made.Task = TriageTask
    made.set_default()
    made.conf.update(beat_schedule=SCHEDULE, beat_scheduler=SCHEDULER)
    made.conf.update(worker_hijack_root_logger=False, worker_redirect_stdouts=False)
    made.conf.include = ["workers.tasks.text", "workers.tasks.upkeep"]
    return made


app = create_app()


@signals.setup_logging.connect(weak=False)
def _configure_logging(**_: Any) -> None:
    boot.configure()


@signals.worker_process_init.connect(weak=False)
def _prepare(**_: Any) -> None:
    log_redis_warnings(connect(boot.settings().redis_url))
    heartbeat.start()
    rounds.start(app.tasks[DRAIN_MAIL])


@signals.worker_shutting_down.connect(weak=False)
def _part(**_: Any) -> None:
    heartbeat.stop()
    rounds.stop()
