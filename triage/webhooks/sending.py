"""Sending what waits in the outbox.

One process at a time sends to a webhook, by a lease. It posts outside of any transaction and writes down after that
what became of it. Whoever is killed in between posts the same event again once the lease has run out, under the same
message id: a receiver that remembers ids takes nothing twice. Of one subject an event waits for those before it, so
what is told of an email arrives in order; different subjects go side by side.

A receiver that does not answer is left alone until the next round. Once one is back that was away for a while, all that
waits for another try is due at once, and not hours later by its own schedule.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from random import Random

import structlog
from sqlalchemy.orm import Session

from triage import __version__, tracing
from triage.audit import note
from triage.errors import InvalidWebhook, NoSecretKey, SecretUnreadable, WebhookNotFound
from triage.metrics.deliveries import count_try
from triage.network import Guard
from triage.storage import outbox, webhooks
from triage.storage.outbox import Due
from triage.storage.secrets import Vault
from triage.storage.session import Database
from triage.webhooks.post import Answer, post
from triage.webhooks.schedule import SCHEDULE, next_wait
from triage.webhooks.secret import secrets_of
from triage.webhooks.signature import signature
from triage.webhooks.target import Target, target_of

log = structlog.get_logger(__name__)

# Events that go to one webhook at the same time.
SIDE_BY_SIDE = 8
# Above the longest that one batch can take.
LEASE = timedelta(seconds=60)
WITHIN = timedelta(seconds=15)
# A receiver that was away for so long is told at once of all that waits.
AWAY = timedelta(minutes=1)
_GONE = 410


@dataclass(frozen=True, slots=True)
class Sender:
    """What sends to webhooks.

    Attributes:
        owner: A name that no other process has.
        within: How long a receiver may take to answer.
        schedule: Waits between tries.
    """

    database: Database
    vault: Vault
    guard: Guard
    owner: str
    schedule: Sequence[timedelta] = SCHEDULE
    within: timedelta = WITHIN
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    random: Random = field(default_factory=Random)

    def to_tell(self) -> list[int]:
        """Return the webhooks that an event is due for.

        Raises:
            StorageUnavailable: The database does not answer.
        """
        with self.database.reading() as session:
            return outbox.webhooks_to_tell(session, self.clock())

    def send(self, webhook_id: int, *, is_stopping: Callable[[], bool] = lambda: False) -> int:
        """Send what is due for a webhook until nothing is, or one is not taken; return how many were taken.

        Safe to repeat, and by several at a time: one of them sends.

        Raises:
            StorageUnavailable: The database does not answer; what was sent meanwhile is sent again.
        """
        taken = 0
        try:
            while not is_stopping() and (batch := self._batch(webhook_id)) is not None:
                answers = self._post(*batch)
                if not self._note(webhook_id, batch[1], answers):
                    break
                taken += len(answers)
        except WebhookNotFound:
            log.info("webhook was removed meanwhile", webhook_id=webhook_id)
        finally:
            with self.database.unit_of_work() as session:
                webhooks.release(session, webhook_id, self.owner)
        return taken

    def _batch(self, webhook_id: int) -> "tuple[_Receiver, list[Due]] | None":
        """Lease a webhook and return who it is and what is due; `None` where nothing is, or another sends."""
        now = self.clock()
        with self.database.unit_of_work() as session:
            if not webhooks.lease(session, webhook_id, self.owner, now, LEASE):
                return None
            due = outbox.due(session, webhook_id, now, limit=SIDE_BY_SIDE)
            receiver = self._receiver(session, webhook_id, now) if due else None
        return None if receiver is None else (receiver, due)

    def _receiver(self, session: Session, webhook_id: int, now: datetime) -> "_Receiver | None":
        found = webhooks.by_id(session, webhook_id)
        try:
            return _Receiver(target_of(found.url), secrets_of(found, self.vault, now))
        except (SecretUnreadable, NoSecretKey, InvalidWebhook) as error:
            if found.problem != str(error):
                log.error("webhook cannot be told", webhook_id=webhook_id, error=str(error))
                webhooks.change(session, webhook_id, problem=str(error))
            return None

    def _post(self, receiver: "_Receiver", due: Sequence[Due]) -> list[Answer]:
        with ThreadPoolExecutor(min(len(due), SIDE_BY_SIDE), thread_name_prefix="webhook") as pool:
            return list(pool.map(lambda one: self._post_one(receiver, one), due))

    def _post_one(self, receiver: "_Receiver", one: Due) -> Answer:
        # The receiver is told of no trace: what we trace is no matter of theirs.
        told: tracing.Attributes = {"http.request.method": "POST", "triage.attempt": one.attempts + 1}
        with tracing.span("POST webhook", tracing.Kind.CLIENT, told) as span:
            answer = self._posted(receiver, one)
            if answer.status is not None:
                span.note({"http.response.status_code": answer.status})
            if not _is_taken(answer):
                span.fail(str(answer.status or "no answer"))
        return answer

    def _posted(self, receiver: "_Receiver", one: Due) -> Answer:
        body, timestamp = one.body.encode(), int(self.clock().timestamp())
        headers = {
            "Content-Type": "application/json",
            "User-Agent": f"Triage/{__version__}",
            "webhook-id": one.message_id,
            "webhook-timestamp": str(timestamp),
            "webhook-signature": signature(one.message_id, timestamp, body, receiver.secrets),
            "triage-attempt": str(one.attempts + 1),
        }
        return post(receiver.target, body, headers, self.guard, within=self.within)

    def _note(self, webhook_id: int, due: Sequence[Due], answers: Sequence[Answer]) -> bool:
        """Write down what became of a batch; say whether all of it was taken."""
        now = self.clock()
        refused = [answer for answer in answers if not _is_taken(answer)]
        with self.database.unit_of_work() as session:
            for one, answer in zip(due, answers, strict=True):
                outbox.note_tried(session, one.id, **self._outcome(one, answer, now))
            if any(answer.status == _GONE for answer in answers):
                _disable(session, webhook_id, now)
            else:
                _note_health(session, webhook_id, now, is_back=len(refused) < len(answers), is_well=not refused)
        for answer in answers:
            count_try(answer.status, is_taken=_is_taken(answer))
        if refused:
            told = {"taken": len(answers) - len(refused), "refused": len(refused), "answer": refused[0].status}
            log.info("webhook does not take all", webhook_id=webhook_id, **told)
        return not refused

    def _outcome(self, one: Due, answer: Answer, now: datetime) -> dict[str, object]:
        told = {"tried_at": now, "answer": answer.status, "error": _sentence(answer)}
        if _is_taken(answer):
            return {**told, "state": outbox.DELIVERED}
        wait = next_wait(one.step, self.schedule, self.random)
        if wait is None or answer.status == _GONE:
            return {**told, "state": outbox.FAILED}
        asked = answer.retry_after or timedelta(0)
        return {**told, "step": one.step + 1, "due_at": now + max(wait, asked)}


@dataclass(frozen=True, slots=True)
class _Receiver:
    target: Target
    secrets: tuple[str, ...]


def _is_taken(answer: Answer) -> bool:
    return answer.status is not None and 200 <= answer.status < 300


def _sentence(answer: Answer) -> str:
    if answer.status is None or _is_taken(answer):
        return answer.error
    if 300 <= answer.status < 400:
        return f"answered {answer.status}; redirects are not followed, so give the address that it leads to"
    return f"answered {answer.status}"


def _disable(session: Session, webhook_id: int, now: datetime) -> None:
    problem = "the receiver answered 410: it is gone for good; `triage webhooks enable` sends to it again"
    webhooks.change(session, webhook_id, disabled_at=now, problem=problem)
    note(session, "webhook.disabled", f"webhook {webhook_id}", because=problem)


def _note_health(session: Session, webhook_id: int, now: datetime, *, is_back: bool, is_well: bool) -> None:
    failing_since = webhooks.by_id(session, webhook_id).failing_since
    if is_back and failing_since is not None and now - failing_since >= AWAY:
        outbox.hasten(session, webhook_id, now)
    since = None if is_well else now if is_back or failing_since is None else failing_since
    webhooks.change(session, webhook_id, failing_since=since, problem="")
