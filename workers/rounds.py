"""Goes round to see whether mail waits that nobody can call a worker to.

A drain is called by a message, and a full Redis takes none: mail would wait in it for room that only reading makes. So
a thread of each text worker looks now and then, and reads by itself while Redis is full.
"""

import threading
from collections.abc import Callable
from datetime import timedelta

import structlog
from redis import Redis

from triage.errors import QueueFull, TransientError
from triage.queue import connect
from triage.queue.redis import require_room
from workers import boot

log = structlog.get_logger(__name__)

GOES_EVERY = timedelta(seconds=2)
_stopping = threading.Event()


def start(drain: Callable[[], object]) -> None:
    """Begin to go round, with what reads the mail that waits."""
    threading.Thread(target=_go_until_stopped, args=(drain,), name="rounds", daemon=True).start()


def stop() -> None:
    """Go round no more; what is being read at this moment is read to its end or left to another worker."""
    _stopping.set()


def go_round(client: Redis, drain: Callable[[], object]) -> bool:
    """Read the mail that waits if Redis is full; return whether it is.

    Raises:
        TransientError: Redis or the database does not answer, or there is no model; next time, then.
    """
    try:
        require_room(client)
    except QueueFull:
        drain()
        return True
    return False


def _go_until_stopped(drain: Callable[[], object]) -> None:
    client = connect(boot.settings().redis_url)
    was_full = False
    while not _stopping.wait(GOES_EVERY.total_seconds()):
        try:
            is_full = go_round(client, drain)
        except TransientError as error:
            log.warning("no round made", error=str(error))
            continue
        except Exception:
            log.exception("round failed")
            continue
        if is_full and not was_full:
            log.warning("Redis is full; mail is read without being called")
        was_full = is_full
