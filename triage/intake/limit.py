"""How much mail may wait before intake refuses more.

The database knows how much waits. It is asked about once a second in each process, and what the process stored since
is added. So the limit is approximate: what other processes store within that second comes on top, and so do the
batches that were being stored when it was reached.
"""

from datetime import datetime, timedelta
from threading import Lock
from time import monotonic

from triage.errors import TooMuchWaits
from triage.storage.session import Database
from triage.storage.waiting import Waiting, waiting

LOOKS_EVERY = timedelta(seconds=1)
# Counting a long queue takes its time; at most this part of one thread's is spent on it.
LOOKING_SHARE = 0.05
# After this much of the queue was read, whoever was refused finds room.
FREED_SHARE = 0.1
UNKNOWN_WAIT, SHORTEST_WAIT, LONGEST_WAIT = timedelta(seconds=5), timedelta(seconds=1), timedelta(seconds=60)
# Between looks further apart the queue may have been empty for long, and nobody can say how fast it was read.
LONGEST_GAP_SECONDS = 10.0
NEWEST_SHARE = 0.3


class QueueLimit:
    """The limit of one process; safe to share between threads.

    Args:
        most: Emails that may wait; 0 lets any number wait.
        longest: How long the oldest may have waited; zero lets it wait for ever.
    """

    def __init__(
        self, most: int = 0, longest: timedelta = timedelta(0), *, looks_every: timedelta = LOOKS_EVERY
    ) -> None:
        self._most, self._longest = most, longest
        self._looks_every = looks_every.total_seconds()
        self._looking, self._counting = Lock(), Lock()
        self._seen = Waiting(0, None)
        self._stored_since = 0
        self._looked_at: float | None = None
        self._next_look_at = 0.0
        self._read_per_second: float | None = None

    def reached(self, database: Database, now: datetime) -> TooMuchWaits | None:
        """Say why no more mail may wait, or `None` while it may.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        if not self._most and not self._longest:
            return None
        # One thread looks; the others go by what was seen before, and none waits.
        if monotonic() >= self._next_look_at and self._looking.acquire(blocking=False):
            try:
                self._look(database)
            finally:
                self._looking.release()
        return self._verdict(now)

    def note_stored(self, count: int) -> None:
        """Count mail that was stored since the last look."""
        with self._counting:
            self._stored_since += count

    def _look(self, database: Database) -> None:
        began = monotonic()
        stored = self._stored_since
        # All that waits: a request may see some mailboxes alone, and the limit is of all.
        with database.within(None).reading() as session:
            seen = waiting(session)
        ended = monotonic()
        self._learn_speed(read=self._seen.count + stored - seen.count, at=began)
        with self._counting:
            self._seen, self._looked_at = seen, began
            self._stored_since -= stored
        self._next_look_at = ended + max(self._looks_every, (ended - began) / LOOKING_SHARE)

    def _learn_speed(self, *, read: int, at: float) -> None:
        """Learn from two looks how fast mail is read; where other processes store too, it is read faster than that."""
        if self._looked_at is None or (seconds := at - self._looked_at) <= 0:
            return
        if seconds > LONGEST_GAP_SECONDS:
            self._read_per_second = None
            return
        newest = max(read, 0) / seconds
        known = newest if self._read_per_second is None else self._read_per_second
        self._read_per_second = (1 - NEWEST_SHARE) * known + NEWEST_SHARE * newest

    def _verdict(self, now: datetime) -> TooMuchWaits | None:
        count, oldest = self._seen.count + self._stored_since, self._seen.oldest
        if self._most and count >= self._most:
            return self._refusal(
                f"{count:,} emails wait to be read, and {self._most:,} may; send new mail again later",
                to_read=count - (1 - FREED_SHARE) * self._most,
            )
        if self._longest and oldest is not None and now - oldest >= self._longest:
            minutes = (now - oldest).total_seconds() / 60
            return self._refusal(
                f"mail has waited for {minutes:,.0f} minutes to be read, longer than it may; send new mail again later",
                to_read=FREED_SHARE * count,
            )
        return None

    def _refusal(self, sentence: str, *, to_read: float) -> TooMuchWaits:
        wait = UNKNOWN_WAIT
        if self._read_per_second:
            seconds = min(to_read / self._read_per_second, LONGEST_WAIT.total_seconds())
            wait = max(timedelta(seconds=seconds), SHORTEST_WAIT)
        return TooMuchWaits(sentence, retry_after=wait)
