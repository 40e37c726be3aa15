"""Lets candidates read beside the active versions, once mail is dealt with: never before it, and never instead of it.

Which emails to look at is kept in memory, a few hundred at most: a count that misses some is as good, and mail never
waits for it. A candidate that raises is stopped. One that ends the process is found out by the mark that it leaves.
"""

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from redis import Redis

from triage.errors import TransientError
from triage.queue.heartbeat import living_workers
from triage.queue.shadows import ShadowMarks
from triage.registry.shadowing import EXAMPLES, compared
from triage.storage import shadows
from triage.storage.session import Database
from workers.models import Models

log = structlog.get_logger(__name__)

BATCH = 32
# Newer mail goes before older where a candidate is slower than mail comes in.
MOST_WAITING = 512


class Shadows:
    """Emails that wait to be read by candidates.

    Args:
        database: Where mail and counts are.
        models: The models of this worker.
        marks: What workers write down for each other.
        client: Redis, where they say that they live.
        worker: Name of this worker.
        may_go_on: Says whether no fresh mail waits.
    """

    def __init__(
        self,
        database: Database,
        models: Models,
        marks: ShadowMarks,
        client: Redis,
        worker: str,
        *,
        may_go_on: Callable[[], bool],
    ) -> None:
        self._database, self._models, self._marks = database, models, marks
        self._client, self._worker, self._may_go_on = client, worker, may_go_on
        self._waiting: deque[int] = deque(maxlen=MOST_WAITING)

    def note(self, email_ids: Sequence[int]) -> None:
        """Remember emails that were read and acknowledged; costs nothing where no candidate reads."""
        if self._models.shadows:
            self._waiting.extend(email_ids)

    def read(self, up_to: timedelta) -> None:
        """Let candidates read what waits for them, until fresh mail does or the time is over.

        Raises:
            TransientError: Redis or the database is away; a few emails are not counted then.
        """
        if not self._waiting or not self._models.shadows:
            self._waiting.clear()
            return
        candidates, end = self._without_deadly(self._models.shadows), monotonic() + up_to.total_seconds()
        while self._waiting and monotonic() < end and self._may_go_on():
            batch = [self._waiting.popleft() for _ in range(min(BATCH, len(self._waiting)))]
            for mailbox_id, version in candidates.items():
                self._compare(mailbox_id, version, batch)

    def _compare(self, mailbox_id: int, version: str, email_ids: Sequence[int]) -> None:
        with self._database.reading() as session:
            before = shadows.read_before(session, mailbox_id, email_ids)
        if not before:
            return
        self._marks.leave(self._worker, version)
        try:
            model = self._models.version(version)
            readings = None if model is None else model.read([one.text for one in before])
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a candidate provokes is its own affair
            log.warning("a candidate could not read", version=version, error=type(error).__name__)
            readings = None
        finally:
            self._marks.wipe(self._worker)
        if readings is None:
            self._stop(mailbox_id, version, "it cannot be read with")
            return
        found = compared(before, readings)
        with self._database.unit_of_work() as session:
            shadows.add_counts(
                session,
                mailbox_id,
                version,
                emails=found.emails,
                differing=found.differing,
                examples=found.examples,
                most_examples=EXAMPLES,
            )

    def _without_deadly(self, wanted: Mapping[int, str]) -> dict[int, str]:
        """Return the candidates that no worker died of; stop the others."""
        left = self._marks.found()
        alive = {worker.worker for worker in living_workers(self._client)} if left else set()
        deadly = {version for worker, version in left.items() if worker not in alive}
        for mailbox_id, version in wanted.items():
            if version in deadly:
                self._stop(mailbox_id, version, "the worker stopped while it was reading")
        return {mailbox_id: version for mailbox_id, version in wanted.items() if version not in deadly}

    def _stop(self, mailbox_id: int, version: str, cause: str) -> None:
        log.error("a candidate reads no more beside the active version", version=version, cause=cause)
        with self._database.unit_of_work() as session:
            shadows.stop(session, mailbox_id, version, datetime.now(UTC))
        self._marks.forget(version)
