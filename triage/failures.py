"""What to do with emails and images that were set aside (dead letters): try again, or leave them be.

Trying again commits each as queued before it is enqueued. Whoever is stopped between the two leaves it to the
reconciler, so at every moment each is either set aside or queued, and two who try again at once never take the
same one. What is new goes first: many at a time are tried again only while few others wait.
"""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep

import structlog
from sqlalchemy.orm import Session

from triage.audit import note
from triage.errors import QueueUnavailable, TooMuchWaits, TriageError
from triage.queue import Doorbell, Inlet, WorkStream
from triage.storage import emails, failures, queued
from triage.storage.failures import FailedFilter, SetAside
from triage.storage.session import Database

log = structlog.get_logger(__name__)

# Most that may wait to be read while more is tried again.
ROOM = 1000
# Short transactions, so that nobody waits for a lock.
LARGEST_BATCH = 500
RETRY_AFTER = timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class DeadLetters:
    """Emails and images that were set aside, and the queues that they go back to.

    Attributes:
        images: Where images go.
        parse_anew: Parses an email again that was stored unread; returns why it still cannot be, if so.
    """

    database: Database
    stream: WorkStream
    doorbell: Doorbell
    images: Inlet
    parse_anew: Callable[[Session, int, datetime], TriageError | None]

    def retry(self, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> list[int]:
        """Give at most `limit` of them after one fresh attempts at once; return which, in the order of ids.

        Safe to repeat: one that waits already is not among them. An email that was stored unread is parsed again
        first, and set aside at once when that still fails.
        """
        with self.database.unit_of_work() as session:
            stages = failures.requeue(session, wanted, now, after=after, limit=limit)
            unread = [email_id for email_id, stage in stages.items() if stage == emails.INTAKE]
            refused = {email_id: error for email_id in unread if (error := self.parse_anew(session, email_id, now))}
            for email_id, error in refused.items():
                queued.EMAILS.set_aside(session, email_id, error=str(error), stage=emails.INTAKE, attempts=0, now=now)
            _note(session, "retried", wanted, list(stages))
        again = list(stages)
        try:
            if waiting := [email_id for email_id in again if email_id not in refused]:
                self._inlet(wanted).put(waiting)
        except QueueUnavailable as error:
            log.warning("to be tried again but not enqueued", what=wanted.of, count=len(again), error=str(error))
        return again

    def retry_where_room(self, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> list[int]:
        """Do as `retry`, with no more than may wait behind what is new.

        Raises:
            TooMuchWaits: What is new goes first, and as many wait already as may.
            QueueUnavailable: Redis does not answer, so nobody knows how many wait.
        """
        waiting = self._inlet(wanted).stream.length()
        if waiting >= ROOM:
            raise TooMuchWaits(
                f"{waiting:,} {wanted.of} wait to be read, and new ones go first; try again once fewer do",
                retry_after=RETRY_AFTER,
            )
        return self.retry(wanted, now, after=after, limit=min(limit, ROOM - waiting))

    def retry_in_turn(self, wanted: FailedFilter, *, per_second: int, limit: int) -> Iterator[list[int]]:
        """Try again so many a second, at most `limit`; yield each batch, `[]` while there is no room.

        Each email is tried again once, even if it is set aside anew meanwhile. May be stopped at any batch and begun
        anew: what was not reached is still set aside.

        Raises:
            QueueUnavailable: Redis does not answer, so nobody knows how many wait.
        """
        after = 0
        while limit > 0:
            began = monotonic()
            batch = min(per_second, LARGEST_BATCH, limit)
            try:
                again = self.retry_where_room(wanted, datetime.now(UTC), after=after, limit=batch)
            except TooMuchWaits as error:
                yield []
                sleep(error.retry_after.total_seconds())
                continue
            if not again:
                return
            yield again
            after, limit = again[-1], limit - len(again)
            if limit > 0:
                sleep(max(0.0, began + len(again) / per_second - monotonic()))

    def count(self, wanted: FailedFilter) -> int:
        """Return how many are set aside."""
        with self.database.reading() as session:
            return failures.count_failed(session, wanted)

    def not_set_aside(self, ids: Sequence[int], moved: Collection[int], of: SetAside = SetAside.EMAILS) -> list[int]:
        """Return those of some ids that were neither moved just now nor are set aside still, in their order."""
        others = sorted(set(ids) - set(moved))
        with self.database.reading() as session:
            wanted = FailedFilter(ids=others, of=of)
            still = failures.failed_ids(session, wanted, limit=len(others)) if others else []
        return sorted(set(others) - set(still))

    def discard(self, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> list[int]:
        """Take at most `limit` after one off this list, and emails off the inbox; return which. Bytes stay stored."""
        with self.database.unit_of_work() as session:
            discarded = failures.discard(session, wanted, now, after=after, limit=limit)
            _note(session, "discarded", wanted, discarded)
        return discarded

    def _inlet(self, wanted: FailedFilter) -> Inlet:
        return self.images if wanted.of is SetAside.IMAGES else Inlet(self.stream, self.doorbell)


def _note(session: Session, what: str, wanted: FailedFilter, ids: Sequence[int]) -> None:
    if ids:
        note(session, f"failed.{what}", of=wanted.of.value, ids=list(ids))
