"""The Celery application: tasks, schedule, and what happens when a worker starts and stops.

`triage worker` and `triage beat` start it. A text worker runs in Celery's `solo` pool: one process, one model, one
batch after the other; more cores take more workers. One that trains is of the same pool and holds no model.
"""

from typing import Any

from celery import Celery, signals
from celery.app.task import Task
from celery.concurrency import get_implementation

from triage.errors import TransientError
from triage.queue import celery_app, connect
from triage.queue.names import DRAIN_MAIL, TEXT_QUEUE
from triage.queue.soundness import log_redis_warnings
from workers import boot, heartbeat, rounds
from workers.ending import Ending
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
    made.conf.include = [f"workers.tasks.{name}" for name in ("text", "learning", "train", "upkeep")]
    return made


app = create_app()
ending = Ending()


@signals.setup_logging.connect(weak=False)
def _configure_logging(**_: Any) -> None:
    boot.configure()


@signals.worker_init.connect(weak=False)
def _refuse_other_pools(sender: Any, **_: Any) -> None:
    """End a worker that was started with processes or threads of its own.

    A model in a prefork parent would hang its children, one in each child takes longer to load than Celery waits for
    a child, and in threads one model would be called by several at a time.
    """
    if get_implementation(sender.pool_cls) is not get_implementation("solo"):
        raise SystemExit("triage: a worker runs in Celery's solo pool (--pool solo); for more cores start more workers")


@signals.worker_process_init.connect(weak=False)
def _prepare(**_: Any) -> None:
    ending.prepare()
    log_redis_warnings(connect(boot.settings().redis_url))
    if not _reads_mail():
        # Whoever trains never loads a model: it starts processes that do.
        heartbeat.start(heartbeat.Sign())
        return
    heartbeat.start(heartbeat.Pulse())
    heartbeat.load_model()
    rounds.start(app.tasks[DRAIN_MAIL])


@signals.worker_shutting_down.connect(weak=False)
def _part(**_: Any) -> None:
    boot.stopping.set()
    heartbeat.stop()
    rounds.stop()


def _reads_mail() -> bool:
    """Say whether this worker listens to the queue of mail; another kind has no use for a model."""
    return TEXT_QUEUE in app.amqp.queues.consume_from


@signals.worker_shutdown.connect(weak=False)
def _end(sender: Any, **_: Any) -> None:
    ending.note(sender.exitcode)
    heartbeat.await_end()
