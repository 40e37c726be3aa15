"""Trying what may stop a process: each attempt is counted in the row before it begins, and after some it is set aside.

Whatever stops the process stops it at most
`most` times and holds back nobody else.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from triage.errors import TransientError
from triage.storage.queued import Queued
from triage.storage.session import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Trial:
    """How things of one kind are tried.

    Attributes:
        rows: Of what is tried.
        doing: What is done with it, as causes put it: `reading`.
        stage: Where it fails, as its row puts it.
        most: After so many attempts it is set aside.
    """

    database: Database
    rows: Queued
    doing: str
    stage: str
    most: int

    def alone(self, one: int, act: Callable[[], object], *, attempts_before: int, now: datetime) -> None:
        """Try one that may be at fault: count the attempt, commit, and only then act.

        After the last attempt it is set aside with its reason instead. `attempts_before` is how many there must have
        been even if our row counts fewer: 1 for one that a worker died with.

        Raises:
            TransientError: The database or the model is away; it stays where it is.
        """
        attempt = self._begin(one, attempts_before, now)
        if attempt is None:
            return
        try:
            act()
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever one provokes must not reach its neighbours
            # The type says what broke; its words may quote what people wrote.
            cause = f"{self.doing} it raised {type(error).__name__}"
            told = {f"{self.rows.name}_id": one}
            log.warning("attempt failed", what=self.rows.name, attempt=attempt, error=type(error).__name__, **told)
            with self.database.unit_of_work() as session:
                if attempt < self.most:
                    self.rows.note_error(session, one, error=cause, stage=self.stage, now=now)
                else:
                    self._give_up(session, one, attempt, cause, now)

    def _begin(self, one: int, attempts_before: int, now: datetime) -> int | None:
        """Count one more attempt and return its number, or `None` when there is nothing left to try."""
        with self.database.unit_of_work() as session:
            counted = self.rows.attempts_of(session, [one]).get(one)
            if counted is None:
                return None
            attempts = max(counted, attempts_before)
            if attempts >= self.most:
                self._give_up(session, one, attempts, f"the worker stopped while {self.doing} it", now)
                return None
            self.rows.set_attempts(session, one, attempts + 1)
            return attempts + 1

    def _give_up(self, session: Session, one: int, attempts: int, cause: str, now: datetime) -> None:
        self.rows.set_aside(session, one, error=cause, stage=self.stage, attempts=attempts, now=now)
        mailbox_id = self.rows.mailbox_of(session, one)
        told = {f"{self.rows.name}_id": one}
        log.error("set aside", what=self.rows.name, mailbox_id=mailbox_id, attempts=attempts, cause=cause, **told)
