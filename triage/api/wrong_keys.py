"""Slows down whoever tries keys: an address may send some wrong ones, and then so many a minute."""

from collections import OrderedDict
from datetime import timedelta
from time import monotonic

from triage.errors import TooManyWrongKeys

MINUTE_SECONDS = 60.0
# Of more addresses than these the ones that were wrong longest ago are forgotten.
MOST_ADDRESSES = 10_000


class WrongKeys:
    """Counts wrong keys by address, in one process; used by its event loop alone.

    Args:
        most: That an address may send at once, and each minute.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        # Address to what it may still send, and when that was true.
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def require_patience(self, address: str) -> None:
        """Return when an address may try a key.

        Raises:
            TooManyWrongKeys: It has sent too many that were wrong.
        """
        left = self._now_left(address)
        if left < 1:
            raise TooManyWrongKeys(timedelta(seconds=(1 - left) * MINUTE_SECONDS / self._most))

    def note(self, address: str) -> None:
        """Count a wrong key."""
        self._left[address] = (max(self._now_left(address) - 1, 0), monotonic())
        self._left.move_to_end(address)
        while len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)

    def _now_left(self, address: str) -> float:
        left, since = self._left.get(address, (float(self._most), 0.0))
        return min(left + (monotonic() - since) * self._most / MINUTE_SECONDS, self._most)
