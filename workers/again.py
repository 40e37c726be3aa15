"""Reading mail again, a few at a time and behind all fresh mail.

Mail that stops the process must not stop it again and again. What is being read is written down in Redis first: who
finds it there reads those emails one by one, and one that was alone when the process died is not read again.
"""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from time import monotonic

import structlog
from redis import Redis

from triage.errors import TransientError
from triage.queue import ReadingAgain, WorkStream
from triage.queue.again import Held
from triage.queue.heartbeat import all_read_with
from triage.ranking import Policies
from triage.rereading import read_again
from triage.serving.protocol import TextModel
from triage.storage import rereading
from triage.storage.session import Database
from workers.models import Models

log = structlog.get_logger(__name__)

# Fresh mail waits for no more than these.
BATCH = 32


class Again:
    """Reads again what the active versions have not read.

    Args:
        database: Where mail is.
        models: The models of this worker.
        notes: What workers write down for each other.
        client: Redis, where they say what they read with.
        stream: Where fresh mail waits.
        policy: Says what a reading is worth at a moment.
        drain: Reads fresh mail.
        reading: Held while a model reads.
    """

    def __init__(
        self,
        database: Database,
        models: Models,
        notes: ReadingAgain,
        client: Redis,
        stream: WorkStream,
        policy: Callable[[], Policies],
        *,
        drain: Callable[[], object],
        reading: AbstractContextManager[object],
    ) -> None:
        self._database, self._models, self._notes, self._client = database, models, notes, client
        self._stream, self._policy, self._drain, self._reading = stream, policy, drain, reading
        self._suspects: set[int] = set()

    def go_on(self, turn: str, up_to: timedelta) -> bool:
        """Read again for a while; return whether anything is left for the next turn.

        Raises:
            TransientError: Redis or the database is away; what was not read is found by the next turn.
        """
        self._learn_from_the_dead()
        end = monotonic() + up_to.total_seconds()
        with self._database.reading() as session:
            mailbox_ids = rereading.mailbox_ids(session)
        for mailbox_id in mailbox_ids:
            while email_ids := self._next(mailbox_id):
                if monotonic() >= end or not self._notes.is_mine(turn):
                    return True
                self._read(mailbox_id, email_ids)
                if self._stream.length():
                    self._drain()
                    if self._stream.length():
                        return True
        return False

    def _learn_from_the_dead(self) -> None:
        held = self._notes.held()
        if held is None:
            return
        self._suspects |= set(held.email_ids)
        if len(held.email_ids) == 1:
            self._refuse(held.version, held.email_ids[0], "the worker stopped while reading it")
        self._notes.release()

    def _next(self, mailbox_id: int) -> Sequence[int]:
        """Return the next few emails of a mailbox; none where its active version cannot be read with here."""
        model = self._model(mailbox_id)
        if model is None:
            return ()
        refused = self._notes.refused(model.version)
        with self._database.reading() as session:
            found = rereading.to_read_again(session, mailbox_id, model.version, besides=refused, limit=BATCH)
        suspects = [email_id for email_id in found if email_id in self._suspects]
        return suspects[:1] or found

    def _model(self, mailbox_id: int) -> TextModel | None:
        with self._reading:
            self._models.renew()
            version = self._models.pointers.get(mailbox_id)
            if version is None and not all_read_with(self._client, self._models.shipped.current().version):
                return None
            return self._models.active(mailbox_id)

    def _read(self, mailbox_id: int, email_ids: Sequence[int]) -> None:
        model = self._models.memories.aided(mailbox_id, self._models.of(mailbox_id))
        self._renew_verdicts(mailbox_id, model.version, email_ids)
        self._notes.hold(Held(model.version, tuple(email_ids)))
        try:
            with self._reading:
                read_again(self._database, email_ids, model, self._policy(), datetime.now(UTC))
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - one email is at fault, and the others must not suffer for it
            log.warning("emails could not be read again together", size=len(email_ids), error=type(error).__name__)
            if len(email_ids) == 1:
                self._refuse(model.version, email_ids[0], f"reading it raised {type(error).__name__}")
            self._suspects |= set(email_ids)
        else:
            self._suspects -= set(email_ids)
            log.info("emails read again", count=len(email_ids), version=model.version)
        finally:
            self._notes.release()

    def _renew_verdicts(self, mailbox_id: int, version: str, email_ids: Sequence[int]) -> None:
        """Let verdicts of before, which emails will stand by again, say what was learned since."""
        memory = self._models.memories.of(mailbox_id, version)
        if memory is None:
            return
        # Imported where there is a memory: of the processes that import this, only workers that read have numpy.
        from triage.learning import renew_verdicts

        try:
            renew_verdicts(self._database, mailbox_id, email_ids, memory, self._policy())
        except TransientError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever a memory provokes must not keep mail from being read
            log.error("verdicts are not renewed by memory", version=version, error=type(error).__name__)

    def _refuse(self, version: str, email_id: int, cause: str) -> None:
        log.error("email keeps its earlier verdict", email_id=email_id, version=version, cause=cause)
        self._notes.refuse(version, [email_id])
