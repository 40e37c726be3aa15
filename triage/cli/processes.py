"""The parts of a production set-up, one process each: serve, worker, beat; and migrate."""

import gc
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from typing import Annotated, Any, NoReturn

import typer
import uvicorn

from triage.cli.options import DataOption, settings_for
from triage.embedded import require_free_port
from triage.errors import StorageUnavailable
from triage.log import configure_logging
from triage.queue.names import IMAGE_QUEUE, TEXT_QUEUE, TRAIN_QUEUE, UPKEEP_QUEUE
from triage.settings import Settings
from triage.storage import schema
from triage.storage.session import create_engine_for
from triage.telemetry import is_wanted, start_tracing


class WorkerKind(StrEnum):
    """What a worker does."""

    TEXT = "text"
    IMAGE = "image"
    TRAIN = "train"


def serve(
    data: DataOption = None,
    host: Annotated[str | None, typer.Option(help="Address to listen on.")] = None,
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port to listen on.")] = None,
) -> None:
    """Serve the API and the web inbox."""
    from triage.web.app import create_app

    given = {name: value for name, value in (("host", host), ("port", port)) if value is not None}
    settings = settings_for(data, **given)
    require_free_port(settings.port, settings.host)
    require_schema(settings)
    app = create_app(settings)
    start_tracing("api")
    # What is here by now stays as long as the process; to look through it for garbage holds a request up by 0.15 s.
    gc.collect()
    gc.freeze()
    # Pages that are open hold a stream of events, which would keep a process that was told to stop.
    options: dict[str, Any] = {"log_config": None, "access_log": False, "timeout_graceful_shutdown": 3}
    uvicorn.run(app, host=settings.host, port=settings.port, **options)


def worker(
    kind: Annotated[WorkerKind, typer.Argument(help="What it does.")] = WorkerKind.TEXT,
    data: DataOption = None,
) -> None:
    """Run a worker: `text` reads mail and ranks it, `image` recognises images; more cores take more; `train` trains."""
    settings = settings_for(data)
    is_wanted()  # asked before this process becomes another, which could not say in a sentence why not
    require_schema(settings)
    queues = {
        WorkerKind.TEXT: f"{TEXT_QUEUE},{UPKEEP_QUEUE}",
        WorkerKind.IMAGE: IMAGE_QUEUE,
        WorkerKind.TRAIN: TRAIN_QUEUE,
    }[kind]
    arguments = ["--pool", "solo", "--queues", queues, "--hostname", f"{kind}-{os.getpid()}@%h"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    become_celery(settings, ["worker", *arguments, *quiet, "--loglevel", settings.log_level])


def beat(data: DataOption = None) -> None:
    """Run the schedule: once per installation."""
    settings = settings_for(data)
    require_schema(settings)
    become_celery(settings, ["beat", "--pidfile", "", "--loglevel", settings.log_level])


def migrate(
    data: DataOption = None,
    revision: Annotated[str, typer.Argument(help="Revision to go to; `base` removes every table.")] = "head",
) -> None:
    """Bring the database to the schema that this release needs."""
    settings = settings_for(data)
    configure_logging("warning", as_json=False)
    engine = create_engine_for(settings.database_url)
    schema.migrate(engine, revision, tell=lambda sentence: typer.echo(sentence, err=True))
    typer.echo(f"database is at {schema.revision_of(engine) or 'base'}")


def require_schema(settings: Settings) -> None:
    """Return when this release may serve on the database, or nobody can say because the database is away.

    Raises:
        NotMigrated: Its schema is older, or newer and not for this release.
    """
    engine = create_engine_for(settings.database_url)
    # Processes start while it is away, and go on when it comes.
    with suppress(StorageUnavailable):
        schema.require_current(engine)
    engine.dispose()


def environment_of(settings: Settings) -> Mapping[str, str]:
    """Return the variables that lead another process to the same instance."""
    return {
        "TRIAGE_DATA_DIR": str(settings.data_dir),
        "TRIAGE_RUN_DIR": str(settings.run_dir),
        "TRIAGE_DATABASE_URL": settings.database_url,
        "TRIAGE_REDIS_URL": settings.redis_url,
    }


def become_celery(settings: Settings, arguments: list[str]) -> NoReturn:
    """Turn this process into Celery's, so that signals reach it without a go-between."""
    os.environ.update(environment_of(settings))
    # Read by the C++ parts of TensorFlow when they are loaded: errors only.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    # Read by numpy when it is loaded. On a busy machine its threads wait for each other and take three times the time.
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "--quiet", *arguments]
    sys.stdout.flush()
    os.execv(sys.executable, command)  # noqa: S606 (no shell is wanted)
