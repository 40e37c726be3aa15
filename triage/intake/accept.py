"""Accepting mail: parse, store once, enqueue.

The rows are committed before any id is enqueued, so an accepted email is in the inbox at once, and losing Redis loses
no mail: the reconciler enqueues what is stored and not read. Where too much waits already nothing more is stored, and
only what is held is answered.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from triage.errors import InvalidSubmission, MalformedMessage, QueueUnavailable, StorageConflict, TooMuchWaits
from triage.intake.limit import QueueLimit
from triage.intake.rows import rows_of
from triage.intake.submission import Outcome, Receipt, Submission, parse_submission
from triage.intake.threads import threads_of
from triage.mail import Message
from triage.queue import Doorbell, MailStream
from triage.ranking import PriorityPolicy
from triage.storage import emails
from triage.storage.mailboxes import ensure_mailbox, mailbox_id
from triage.storage.session import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class Intake:
    """The door keeper: what accepting mail takes."""

    database: Database
    stream: MailStream
    doorbell: Doorbell
    policy: PriorityPolicy
    limit: QueueLimit = field(default_factory=QueueLimit)

    def accept(self, submissions: Sequence[Submission], *, mailbox: str, now: datetime) -> list[Receipt]:
        """Store what is new to the mailbox and enqueue it; return one receipt for each submission, in order.

        One that is no mail is refused and harms no other. When this returns, what it calls stored is on disk, and of
        what it calls refused nothing is: with `TooMuchWaits`, the same mail may be accepted later.

        Raises:
            StorageUnavailable: The database does not answer; nothing was accepted.
        """
        digests = [hashlib.sha256(submission.raw).digest() for submission in submissions]
        if (too_much := self.limit.reached(self.database, now)) is not None:
            return self._turn_away(digests, mailbox, too_much)
        parsed = [parse_submission(submission) for submission in submissions]
        messages = {
            digest: (submission, message)
            for digest, submission, message in zip(digests, submissions, parsed, strict=True)
            if isinstance(message, Message)
        }
        stored, held = self._store(messages, mailbox, now)
        self.limit.note_stored(len(stored))
        self._enqueue(sorted(stored.values()))
        return _receipts(digests, parsed, stored, held)

    def _turn_away(self, digests: Sequence[bytes], mailbox: str, too_much: TooMuchWaits) -> list[Receipt]:
        """Answer what is held already, and refuse the rest unread."""
        with self.database.reading() as session:
            found = mailbox_id(session, mailbox)
            held = {} if found is None else emails.ids_by_digest(session, found, digests)
        return [
            Receipt(Outcome.DUPLICATE, *held[digest]) if digest in held else Receipt(Outcome.REFUSED, error=too_much)
            for digest in digests
        ]

    def _store(
        self, messages: Mapping[bytes, tuple[Submission, Message]], mailbox: str, now: datetime, *, tries: int = 3
    ) -> tuple[dict[bytes, int], dict[bytes, tuple[int, str]]]:
        """Return the ids of what was stored, and id and state of what is held already, by digest."""
        try:
            return self._store_once(messages, mailbox, now)
        except StorageConflict:
            # Somebody stores some of the same mail in another order, and one of us had to give way.
            if tries == 1:
                raise
            return self._store(messages, mailbox, now, tries=tries - 1)

    def _store_once(
        self, messages: Mapping[bytes, tuple[Submission, Message]], mailbox: str, now: datetime
    ) -> tuple[dict[bytes, int], dict[bytes, tuple[int, str]]]:
        with self.database.unit_of_work() as session:
            mailbox_id = ensure_mailbox(session, mailbox, now)
            held = emails.ids_by_digest(session, mailbox_id, list(messages))
            new = {digest: pair for digest, pair in messages.items() if digest not in held}
            threads = threads_of(session, mailbox_id, {digest: message for digest, (_, message) in new.items()})
            rows = [
                rows_of(digest, submission, message, thread_id, self.policy, now)
                for (digest, (submission, message)), thread_id in zip(new.items(), threads, strict=True)
            ]
            stored = emails.insert_once(session, mailbox_id, rows)
            if len(stored) < len(rows):  # somebody else stored the same at this moment
                held = emails.ids_by_digest(session, mailbox_id, list(messages))
        return stored, held

    def _enqueue(self, email_ids: Sequence[int]) -> None:
        if not email_ids:
            return
        try:
            self.stream.add(email_ids)
            self.doorbell.ring()
        except QueueUnavailable as error:
            # The mail is accepted all the same: it is listed, and the reconciler enqueues it once Redis is back.
            log.warning("emails stored but not enqueued", count=len(email_ids), error=str(error))


def _receipts(
    digests: Sequence[bytes],
    parsed: Sequence[Message | MalformedMessage | InvalidSubmission],
    stored: Mapping[bytes, int],
    held: Mapping[bytes, tuple[int, str]],
) -> list[Receipt]:
    receipts, met = [], set()
    for digest, message in zip(digests, parsed, strict=True):
        if not isinstance(message, Message):
            receipts.append(Receipt(Outcome.REFUSED, error=message))
        elif digest in stored:
            # The same mail twice in one batch: the first is stored, the second its duplicate.
            outcome = Outcome.DUPLICATE if digest in met else Outcome.STORED
            receipts.append(Receipt(outcome, stored[digest], emails.QUEUED))
        else:
            email_id, state = held[digest]
            receipts.append(Receipt(Outcome.DUPLICATE, email_id, state))
        met.add(digest)
    return receipts
