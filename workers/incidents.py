"""Lets mail join incidents after it was read: once no mail waits, and not more often than every second."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog

from triage.errors import TransientError
from triage.storage import incidents
from triage.storage.session import Database

log = structlog.get_logger(__name__)

# A round looks at the mails before as well, which costs as much for one new mail as for a hundred.
EVERY = timedelta(seconds=1)
# Beat calls a drain every few seconds; each that finds nothing noted looks whether a worker died with notes.
HEALS_EVERY = timedelta(seconds=30)
MOST_NOTED = 5000


class Grouper:
    """Notes which emails were read in this process, and groups them now and then; what it forgets is found again."""

    def __init__(self, database: Database, clock: Callable[[], float] = monotonic) -> None:
        self._database, self._clock = database, clock
        self._noted: list[int] = []
        self._grouped_at = self._healed_at = -HEALS_EVERY.total_seconds()

    def note(self, email_ids: Sequence[int]) -> None:
        """Note that emails have their verdict."""
        self._noted = [*self._noted, *email_ids][-MOST_NOTED:]

    def group(self) -> None:
        """Let what was noted join incidents, if it is time; a database that does not answer is asked again later."""
        now = self._clock()
        if now - self._grouped_at < EVERY.total_seconds():
            return
        # Imported here for the processes that know tasks by name and run none: they have no numpy.
        from triage.incidents.grouping import group_emails

        try:
            if now - self._healed_at >= HEALS_EVERY.total_seconds():
                with self._database.reading() as session:
                    self.note(incidents.newest_free(session))
                self._healed_at = now
            if self._noted:
                joined = group_emails(self._database, sorted(set(self._noted)), datetime.now(UTC))
                log.info("emails grouped", count=len(self._noted), joined=joined)
        except TransientError as error:
            log.info("emails not grouped", error=str(error))
        except Exception:
            # Not a reason for mail to be read twice: each stays a row of its own.
            log.exception("grouping failed")
            self._noted = []
        else:
            self._noted = []
        self._grouped_at = self._clock()
