"""Waiting at the door: for room when too much mail waits to be read, for a database that went away."""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from triage.errors import StorageUnavailable, TooMuchWaits, TransientError
from triage.intake.accept import Intake
from triage.intake.submission import Receipt, Submission
from triage.ranking import Policies

# A database that is started again is back by then; one that is not needs a person.
DATABASE_PATIENCE = timedelta(minutes=5)
DATABASE_PAUSE = timedelta(seconds=2)


class PatientIntake:
    """Intake for somebody who would rather wait than be refused.

    Args:
        intake: What is asked again and again.
        tell: Is given what is waited for before each pause, and `None` when it goes on.
        sleep: Waits so many seconds, or less; what it raises ends the wait.
    """

    def __init__(
        self,
        intake: Intake,
        tell: Callable[[TransientError | None], object],
        *,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._intake = intake
        self._tell = tell
        self._sleep = sleep

    @property
    def policy(self) -> Policies:
        """What mail is put in order by."""
        return self._intake.policy

    def accept(self, submissions: Sequence[Submission], *, mailbox: str, now: datetime | None = None) -> list[Receipt]:
        """Accept mail as `Intake.accept` does, however long the queue takes to have room for it.

        Raises:
            StorageUnavailable: The database did not answer for minutes; what was accepted before is safe.
        """
        return self._patiently(self._intake.accept, submissions, mailbox, now)

    def keep(self, submissions: Sequence[Submission], *, mailbox: str, now: datetime | None = None) -> list[Receipt]:
        """Keep mail as `Intake.keep` does, however long the queue takes to have room for it.

        Raises:
            StorageUnavailable: The database did not answer for minutes; what was accepted before is safe.
        """
        return self._patiently(self._intake.keep, submissions, mailbox, now)

    def _patiently(
        self,
        ask: Callable[..., list[Receipt]],
        submissions: Sequence[Submission],
        mailbox: str,
        now: datetime | None,
    ) -> list[Receipt]:
        receipts: dict[int, Receipt] = {}
        waited = timedelta(0)
        while waiting := [place for place in range(len(submissions)) if place not in receipts]:
            try:
                given = [submissions[place] for place in waiting]
                answers = ask(given, mailbox=mailbox, now=now or datetime.now(UTC))
            except StorageUnavailable as error:
                if waited >= DATABASE_PATIENCE:
                    raise
                waited += DATABASE_PAUSE
                self._pause(error, DATABASE_PAUSE)
                continue
            waited = timedelta(0)
            put_off: TooMuchWaits | None = None
            for place, receipt in zip(waiting, answers, strict=True):
                if isinstance(receipt.error, TooMuchWaits):
                    put_off = receipt.error
                else:
                    receipts[place] = receipt
            if put_off is not None:
                self._pause(put_off, put_off.retry_after)
        return [receipts[place] for place in range(len(submissions))]

    def _pause(self, error: TransientError, pause: timedelta) -> None:
        self._tell(error)
        self._sleep(pause.total_seconds())
        self._tell(None)
