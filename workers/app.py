"""The Celery application: tasks, schedule, and what happens when a worker starts and stops.

`triage worker` and `triage beat` start it. A text worker runs in Celery's `solo` pool: one process, one model, one
batch after the other; more cores take more workers. One that recognises images or trains is of the same pool: the first
loads its model with the first image and gives way to all others, the second holds none.
"""

import os
from typing import Any

from celery import Celery, signals
from celery.app.task import Task
from celery.concurrency import get_implementation

from triage.actor import set_actor
from triage.errors import TransientError
from triage.queue import celery_app, connect
from triage.queue.heartbeat import READS, RECOGNIZES, TRAINS
from triage.queue.names import DRAIN_MAIL, IMAGE_QUEUE, RECOGNIZE_IMAGES, TEXT_QUEUE
from triage.queue.soundness import log_redis_warnings
from workers import boot, heartbeat, metrics, rounds
from workers.ending import Ending
from workers.origins import TaskAtWork
from workers.schedule import SCHEDULE, SCHEDULER

NICENESS = 10


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
    tasks = ("text", "learning", "ranking", "image", "train", "upkeep", "webhooks")
    made.conf.include = [f"workers.tasks.{name}" for name in tasks]
    return made


app = create_app()
ending = Ending()
at_work = TaskAtWork()


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


@signals.task_prerun.connect(weak=False)
def _say_who_acts(task: Task, task_id: str, **_: Any) -> None:
    set_actor(f"system:{task.name.removeprefix('triage.')}")
    at_work.begin(task, task_id)


@signals.task_postrun.connect(weak=False)
def _say_so_no_more(state: str, **_: Any) -> None:
    at_work.end(state)


@signals.worker_process_init.connect(weak=False)
def _prepare(**_: Any) -> None:
    ending.prepare()
    log_redis_warnings(connect(boot.settings().redis_url))
    boot.trace(_kind())
    metrics.start(_kind(), _tasks_taken())
    if _listens_to(TEXT_QUEUE):
        heartbeat.start(heartbeat.pulse_of_text())
        heartbeat.load_model()
        rounds.start(app.tasks[DRAIN_MAIL])
    elif _listens_to(IMAGE_QUEUE):
        # Mail goes first: a worker of images takes what processor time others leave.
        os.nice(NICENESS)
        heartbeat.start(heartbeat.pulse_of_images())
        rounds.start(app.tasks[RECOGNIZE_IMAGES])
    else:
        # Whoever trains never loads a model: it starts processes that do.
        heartbeat.start(heartbeat.Sign())


@signals.beat_init.connect(weak=False)
def _prepare_schedule(**_: Any) -> None:
    metrics.start_schedule()


@signals.worker_shutting_down.connect(weak=False)
def _part(**_: Any) -> None:
    boot.stopping.set()
    heartbeat.stop()
    rounds.stop()


def _kind() -> str:
    return READS if _listens_to(TEXT_QUEUE) else RECOGNIZES if _listens_to(IMAGE_QUEUE) else TRAINS


def _tasks_taken() -> list[tuple[str, str]]:
    """Return name and queue of the tasks that this worker takes."""
    routes = {task: route["queue"] for task, route in app.conf.task_routes.items()}
    queues = {task: routes.get(task, app.conf.task_default_queue) for task in app.tasks if task.startswith("triage.")}
    return [(task, queue) for task, queue in queues.items() if _listens_to(queue)]


def _listens_to(queue: str) -> bool:
    """Say whether this worker takes what waits in a queue, which tells of what kind it is."""
    return queue in app.amqp.queues.consume_from


@signals.worker_shutdown.connect(weak=False)
def _end(sender: Any, **_: Any) -> None:
    ending.note(sender.exitcode)
    heartbeat.await_end()
