"""The right to poll an account, held by one process at a time and kept alive while it works."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event
from time import monotonic

from triage.storage import accounts
from triage.storage.session import Database

RENEWED_AFTER_SHARE = 1 / 3


class Ended(Exception):
    """We are told to stop, or another process polls the account now."""


@dataclass(slots=True)
class Lease:
    """The right of `owner` to poll one account.

    It makes polling cheap and orderly. That nothing is stored twice does not depend on it: digests see to that.

    Attributes:
        stop: Set when we are to end.
    """

    database: Database
    account_id: int
    owner: str
    length: timedelta
    clock: Callable[[], datetime]
    stop: Event
    _renewed_at: float = field(default=float("-inf"))

    def taken(self) -> bool:
        """Take or renew it; `False` when another has it.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        with self.database.unit_of_work() as session:
            is_ours = accounts.lease(session, self.account_id, self.owner, self.clock(), self.length)
        self._renewed_at = monotonic()
        return is_ours

    def keep(self) -> None:
        """Renew it when it is time.

        Raises:
            Ended: We are to stop, or another has taken it.
            StorageUnavailable: The database does not answer.
        """
        if self.stop.is_set():
            raise Ended
        if monotonic() - self._renewed_at > RENEWED_AFTER_SHARE * self.length.total_seconds() and not self.taken():
            raise Ended

    def sleep(self, seconds: float) -> None:
        """Wait so long, at most a third of the lease, and keep it.

        Raises:
            Ended: We are to stop, or another has taken it.
            StorageUnavailable: The database does not answer.
        """
        self.stop.wait(min(seconds, RENEWED_AFTER_SHARE * self.length.total_seconds()))
        self.keep()

    def release(self) -> None:
        """Let others poll the account.

        Raises:
            StorageUnavailable: The database does not answer; it runs out by itself.
        """
        with self.database.unit_of_work() as session:
            accounts.release(session, self.account_id, self.owner)
