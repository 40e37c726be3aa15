"""Messages at which fetching breaks off, so that none of them holds up the others for ever.

A server that fails at one message fails at the whole batch. What broke off is asked for again one by one, and a message
that breaks off by itself time after time is passed over. Verifying the folder finds it missing and tries once more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

# A server that says it is busy may mean all messages by it; so often is one asked for before it alone is meant.
MOST_TRIES, MOST_TRIES_WHEN_BUSY = 3, 12
MOST_MESSAGES, MOST_BYTES = 200, 8 * 2**20
FORGIVEN_EVERY = timedelta(days=1)

_HOPELESS = MOST_TRIES * MOST_TRIES_WHEN_BUSY


class Stumbles:
    """What happened in one folder since this process first connected to it."""

    def __init__(self) -> None:
        self._uidvalidity: int | None = None
        self._suspects: set[int] = set()
        self._alone: Counter[int] = Counter()
        self._busy: Counter[int] = Counter()
        self._forgiven_at: datetime | None = None

    def begin(self, uidvalidity: int) -> None:
        """Forget what happened to messages that had their UIDs before the folder was renumbered."""
        if self._uidvalidity not in (None, uidvalidity):
            self._suspects.clear()
            self._alone.clear()
            self._busy.clear()
        self._uidvalidity = uidvalidity

    def batches(self, sizes: Mapping[int, int]) -> Iterator[list[int]]:
        """Group messages into batches, in the order of UIDs; suspects, and those of unknown size, come alone.

        Args:
            sizes: In bytes; 0 where it is unknown.
        """
        batch: list[int] = []
        weight = 0
        was_alone = False
        for uid in sorted(sizes):
            is_alone = uid in self._suspects or not sizes[uid]
            is_full = len(batch) == MOST_MESSAGES or weight + sizes[uid] > MOST_BYTES
            if batch and (is_full or is_alone or was_alone):
                yield batch
                batch, weight = [], 0
            batch.append(uid)
            weight += sizes[uid]
            was_alone = is_alone
        if batch:
            yield batch

    def note(self, batch: Sequence[int], *, is_busy: bool = False) -> None:
        """Remember that fetching these broke off, or, which counts when it lasts, that the server was busy."""
        if is_busy and len(batch) > 1:
            self._busy[batch[0]] += 1
            if self._busy[batch[0]] < MOST_TRIES:
                return
        self._suspects.update(batch)
        if len(batch) == 1:
            self._alone[batch[0]] += MOST_TRIES if is_busy else MOST_TRIES_WHEN_BUSY

    def forget(self, batch: Sequence[int]) -> None:
        """Remember that these were fetched."""
        self._suspects.difference_update(batch)
        for uid in batch:
            self._alone.pop(uid, None)
            self._busy.pop(uid, None)

    def forgive(self, now: datetime) -> None:
        """Let each hopeless message be tried once more, at most once a day."""
        if self._forgiven_at is None or abs(now - self._forgiven_at) >= FORGIVEN_EVERY:  # a clock may be set back
            self._forgiven_at = now
            once_more = _HOPELESS - MOST_TRIES
            self._alone = Counter({uid: min(count, once_more) for uid, count in self._alone.items()})

    def is_suspect(self, uid: int) -> bool:
        """Say whether fetching broke off at this message, or at one fetched together with it."""
        return uid in self._suspects

    def is_hopeless(self, uid: int) -> bool:
        """Say whether a message broke off so often by itself that the others go first."""
        return self._alone[uid] >= _HOPELESS

    def passed_over(self) -> int:
        """Return how many messages are hopeless."""
        return sum(self.is_hopeless(uid) for uid in list(self._alone))
