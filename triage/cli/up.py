"""`triage up`: everything in one go, on this machine, until Ctrl-C."""

import sys
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Annotated

import typer
from rich.console import Console

from triage.api.services import make_services
from triage.cli.login import login_address
from triage.cli.options import DataOption, quiet_logging, settings_for
from triage.cli.processes import environment_of
from triage.demo import sample_mail
from triage.embedded import Child, Event, PrivateRedis, Supervisor, What, claim, log_folder, require_free_port, serves
from triage.errors import TransientError, TriageError
from triage.intake import Outcome, Submission
from triage.queue import connect
from triage.queue.heartbeat import Heartbeat, State, living_workers
from triage.settings import Settings
from triage.storage import schema
from triage.storage.backup import keep_before
from triage.storage.session import Database, create_engine_for
from triage.telemetry import is_wanted

DEMO_BATCH = 50
DEFAULT_PORT = 8025


def up(
    data: DataOption = None,
    port: Annotated[int, typer.Option(min=1, max=65535, help="Port of the inbox.")] = DEFAULT_PORT,
    demo: Annotated[bool, typer.Option("--demo", help="Fill it with sample mail.")] = False,
) -> None:
    """Run everything on this machine: Redis, database, API, workers, schedule and poller. Ctrl-C stops all of it."""
    quiet_logging()
    settings = settings_for(data, port=port)
    is_wanted()  # so that it is said once here, and not by each child
    console = Console(stderr=True, highlight=False)
    with claim(settings.data_dir):
        require_free_port(port, settings.host)
        bring_up_to_date(settings, console)
        console.print("starting; the model takes some seconds to load")
        started: dict[str, int] = {}
        Supervisor(
            children(settings, started),
            log_folder=log_folder(settings.data_dir),
            on_event=lambda event: tell(console, event, started),
            on_ready=lambda: threading.Thread(target=welcome, args=(settings, console, demo), daemon=True).start(),
        ).run()
    console.print("stopped; nothing is left running")


def bring_up_to_date(settings: Settings, console: Console) -> None:
    """Bring the database to our schema; what an earlier release left in a file is kept beside it as it was.

    Raises:
        NotMigrated: It is of a newer release.
        StorageUnavailable: It does not answer.
    """
    engine = create_engine_for(settings.database_url)
    older, file = schema.older_revision_of(engine), schema.sqlite_file(engine)
    if older is not None and file is not None:
        kept = keep_before(file, schema.head())
        where = "there is no room on the disk to keep it as it was"
        if kept is not None:
            where = f"it is kept as it was in {kept}, to be removed once all is well"
        told = f"the database is of an earlier release (schema {older}) and is brought to {schema.head()}; {where}"
        console.print(told, markup=False, soft_wrap=True)
    schema.migrate(engine, tell=lambda sentence: console.print(sentence, markup=False, soft_wrap=True))
    engine.dispose()


def children(settings: Settings, started: Mapping[str, int]) -> Sequence[Child]:
    """Return what runs, in the order of starting: each needs those before it.

    The pid of each that has `started` tells our worker from one that died a moment ago and is not forgotten yet.
    """

    def worker_beats() -> bool:
        own = [worker for worker in _workers(settings) if worker.worker.endswith(f"-{started.get('worker')}")]
        return any(worker.state is not State.STARTING for worker in own)

    def metrics_port(place: int) -> dict[str, str]:
        # One host has each port once: those of an instance follow one another.
        return {"TRIAGE_METRICS_PORT": str(settings.metrics_port + place)} if settings.metrics_port else {}

    triage = [sys.executable, "-m", "triage"]
    environment = dict(environment_of(settings))
    return [
        PrivateRedis(settings.data_dir).prepare(),
        Child(
            "serve",
            [*triage, "serve", "--port", str(settings.port)],
            environment,
            is_ready=partial(serves, settings.host, settings.port),
        ),
        Child("worker", [*triage, "worker", "text"], environment | metrics_port(0), is_ready=worker_beats),
        Child("image", [*triage, "worker", "image"], environment | metrics_port(1)),
        Child("train", [*triage, "worker", "train"], environment | metrics_port(2)),
        Child("beat", [*triage, "beat"], environment | metrics_port(3)),
        # Also where no account is yet: one that is added is polled within seconds.
        Child("poll", [*triage, "poll"], environment | metrics_port(4)),
    ]


def tell(console: Console, event: Event, started: dict[str, int]) -> None:
    """Say what a person wants to know of a child: that it is ready, or that it died; note the pid of one that began."""
    if event.what is What.STARTED:
        started[event.child] = event.pid
    if event.what in (What.READY, What.ENDED, What.KILLED):
        console.print(
            f"  {event.sentence}", style="dim" if event.what is What.READY else "yellow", markup=False, soft_wrap=True
        )


def welcome(settings: Settings, console: Console, demo: bool) -> None:
    """Fill the inbox with sample mail if wanted, and say where it is and how to stop."""
    if demo:
        try:
            console.print(f"  {accept_sample_mail(settings)} sample mails taken in", style="dim")
        except TriageError as error:
            console.print(f"  the sample mail was not taken in: {error}", style="yellow", markup=False)
    for worker in _workers(settings):
        if worker.state is State.WITHOUT_MODEL:
            console.print(f"  mail is taken in and not read: {worker.problem}", style="yellow", markup=False)
    inbox = f"  inbox   {settings.address}/\n{_door(settings)}"
    print(f"\nTriage is running.\n\n{inbox}  data    {settings.data_dir}\n")  # noqa: T201
    print("Stop it with Ctrl-C.", flush=True)  # noqa: T201


def _door(settings: Settings) -> str:
    """Return the line that says how to get in, where somebody must."""
    if settings.auth == "off":
        return ""
    try:
        address = login_address(settings, Database(settings.database_url))
    except TriageError as error:
        return f"  log in  with a link from `triage login` ({error})\n"
    minutes = settings.login_link_lifetime.total_seconds() / 60
    again = "" if settings.port == DEFAULT_PORT else f" --port {settings.port}"
    return (
        f"  log in  {address}\n          works once, for {minutes:.0f} minutes; `triage login{again}` prints another\n"
    )


def accept_sample_mail(settings: Settings) -> int:
    """Take in the sample mail as if it had arrived over the last days; return how many were new.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    services, now = make_services(settings), datetime.now(UTC)
    # In local time: sample mail is densest in working hours.
    samples = [Submission(raw, received_at=received_at) for raw, received_at in sample_mail(now.astimezone())]
    stored = 0
    for begin in range(0, len(samples), DEMO_BATCH):
        receipts = services.intake.accept(
            samples[begin : begin + DEMO_BATCH], mailbox=settings.default_mailbox, now=now
        )
        stored += sum(receipt.outcome is Outcome.STORED for receipt in receipts)
    return stored


def _workers(settings: Settings) -> list[Heartbeat]:
    try:
        return living_workers(connect(settings.redis_url))
    except TransientError:
        return []
