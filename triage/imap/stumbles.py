"""Messages at which fetching breaks off, so that none of them holds up the others for ever.

A server that fails at one message fails at the whole batch. What broke off is asked for again one by one, and a message
that breaks off by itself time after time is passed over. Verifying the folder finds it missing and tries once more.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta

MOST_TRIES = 3
MOST_MESSAGES, MOST_BYTES = 200, 8 * 2**20
FORGIVEN_EVERY = timedelta(days=1)


class Stumbles:
    """What happened in one folder since this process first connected to it."""

    def __init__(self) -> None:
        self._suspects: set[int] = set()
        self._alone: Counter[int] = Counter()
        self._forgiven_at: datetime | None = None

    def batches(self, sizes: Mapping[int, int]) -> Iterator[list[int]]:
        """Group messages, of these sizes in bytes, into batches, in the order of UIDs; suspects come alone."""
        batch: list[int] = []
        weight = 0
        for uid in sorted(sizes):
            is_full = len(batch) == MOST_MESSAGES or weight + sizes[uid] > MOST_BYTES
            if batch and (is_full or uid in self._suspects or batch[-1] in self._suspects):
                yield batch
                batch, weight = [], 0
            batch.append(uid)
            weight += sizes[uid]
        if batch:
            yield batch

    def note(self, batch: Sequence[int]) -> None:
        """Remember that fetching these broke off."""
        self._suspects.update(batch)
        if len(batch) == 1:
            self._alone.update(batch)

    def forget(self, batch: Sequence[int]) -> None:
        """Remember that these were fetched."""
        self._suspects.difference_update(batch)
        for uid in batch:
            self._alone.pop(uid, None)

    def forgive(self, now: datetime) -> None:
        """Let each hopeless message be tried once more, at most once a day."""
        if self._forgiven_at is None or now - self._forgiven_at >= FORGIVEN_EVERY:
            self._forgiven_at = now
            self._alone = Counter({uid: min(count, MOST_TRIES - 1) for uid, count in self._alone.items()})

    def is_hopeless(self, uid: int) -> bool:
        """Say whether a message broke off so often by itself that the others go first."""
        return self._alone[uid] >= MOST_TRIES

    def passed_over(self) -> int:
        """Return how many messages are hopeless."""
        return sum(self.is_hopeless(uid) for uid in list(self._alone))
