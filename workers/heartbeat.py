"""The sign of life of a worker: a key in Redis and a file, renewed every few seconds by a thread.

The file is for supervisors that must not start a Python process to ask (`find FILE -newermt '-30 seconds'`).
"""

import os
import threading
from pathlib import Path

import structlog

from triage.errors import TriageError
from triage.queue import connect
from triage.queue.heartbeat import BEATS_EVERY, Heartbeat, beat, forget
from workers import boot
from workers.watchdog import Watchdog

log = structlog.get_logger(__name__)
_stopping = threading.Event()


def start() -> None:
    """Load the model of this process and begin to give signs of life."""
    try:
        boot.text_model()
    except TriageError as error:
        # The worker lives on: mail stays queued, and each drain tries to load the model again.
        log.error("model not loaded", error=str(error))
    threading.Thread(target=_beat_until_stopped, name="heartbeat", daemon=True).start()


def stop() -> None:
    """Give no more signs of life."""
    _stopping.set()


def heartbeat_file(data_dir: Path) -> Path:
    """Return the file that a text worker touches."""
    return data_dir / "run" / "worker-text.heartbeat"


def _beat_until_stopped() -> None:
    client = connect(boot.settings().redis_url)
    file = heartbeat_file(boot.settings().data_dir)
    watchdog = Watchdog()
    while True:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.touch()
            beat(client, _state())
            if watchdog.is_deaf(client):
                log.error("worker is deaf and ends, to be started again")
                # No clean-up: what it held is claimed by another, as that of any worker that dies.
                os._exit(1)
        except (TriageError, OSError) as error:
            watchdog.excuse()
            log.warning("no sign of life given", error=str(error))
        if _stopping.wait(BEATS_EVERY.total_seconds()):
            break
    try:
        forget(client, boot.worker_name())
    except TriageError:
        log.info("sign of life left to expire")


def _state() -> Heartbeat:
    try:
        return Heartbeat(boot.worker_name(), "text", boot.text_model().version)
    except TriageError as error:
        return Heartbeat(boot.worker_name(), "text", None, str(error))
