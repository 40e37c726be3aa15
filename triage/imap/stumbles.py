"""Messages at which fetching breaks off, so that none of them holds up the others for ever.

A server that fails at one message fails at the whole batch. What broke off is asked for again one by one, and a message
that breaks off by itself time after time is passed over; verifying the folder finds it missing and tries anew.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

MOST_TRIES = 3
MOST_MESSAGES, MOST_BYTES = 200, 8 * 2**20


class Stumbles:
    """What happened in one folder since we connected to it for the first time."""

    def __init__(self) -> None:
        self._broke_off: Counter[int] = Counter()

    def batches(self, sizes: Mapping[int, int]) -> Iterator[list[int]]:
        """Group messages, of these sizes in bytes, into batches, in the order of UIDs; suspects come alone."""
        batch: list[int] = []
        for uid in sorted(sizes):
            is_full = len(batch) == MOST_MESSAGES or sum(sizes[other] for other in batch) + sizes[uid] > MOST_BYTES
            if batch and (is_full or uid in self._broke_off or batch[-1] in self._broke_off):
                yield batch
                batch = []
            batch.append(uid)
        if batch:
            yield batch

    def note(self, batch: Sequence[int]) -> None:
        """Remember that fetching these broke off."""
        self._broke_off.update(batch)

    def forget(self, batch: Sequence[int]) -> None:
        """Remember that these were fetched after all."""
        for uid in batch:
            self._broke_off.pop(uid, None)

    def passed_over(self) -> int:
        """Return how many messages are hopeless."""
        return sum(count >= MOST_TRIES for count in self._broke_off.values())

    def is_hopeless(self, uid: int) -> bool:
        """Say whether a message broke off so often that the others go first."""
        return self._broke_off[uid] >= MOST_TRIES
