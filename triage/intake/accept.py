"""Accepting mail: parse, store once, enqueue.

The rows are committed before any id is enqueued, so an accepted email is in the inbox at once, and losing Redis loses
no mail: the reconciler enqueues what is stored and not read. Where too much waits already nothing more is stored, and
only what is held is answered.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import structlog
from sqlalchemy.orm import Session

from triage.errors import (
    EmailDeleted,
    InvalidSubmission,
    MalformedMessage,
    QueueUnavailable,
    StorageConflict,
    StorageFault,
    TooMuchWaits,
)
from triage.intake.images import images_of
from triage.intake.limit import QueueLimit
from triage.intake.rows import rows_of, rows_of_refused
from triage.intake.submission import Outcome, Receipt, Submission, parse_submission
from triage.intake.threads import threads_of, wake_answered
from triage.mail import Message
from triage.queue import Doorbell, Inlet, WorkStream
from triage.ranking import Policies
from triage.storage import emails, images
from triage.storage.emails import NewEmail
from triage.storage.mailboxes import ensure_mailbox, mailbox_id
from triage.storage.session import Database
from triage.storage.tombstones import deleted

log = structlog.get_logger(__name__)

Parsed = Message | MalformedMessage | InvalidSubmission
Messages = Mapping[bytes, tuple[Submission, Parsed]]
UNSTORABLE = MalformedMessage("the database refuses what it says; please report it")
Held = Mapping[bytes, tuple[int, str] | EmailDeleted]
MOST_NAMED = 250  # in one line of the log; as many as an upload of many stores at once


@dataclass(frozen=True, slots=True)
class Intake:
    """The door keeper: what accepting mail takes.

    Attributes:
        images: Where images of mail go to be recognised; without it the reconciler enqueues them.
    """

    database: Database
    stream: WorkStream
    doorbell: Doorbell
    policy: Policies
    limit: QueueLimit = field(default_factory=QueueLimit)
    images: Inlet | None = None

    def accept(self, submissions: Sequence[Submission], *, mailbox: str, now: datetime) -> list[Receipt]:
        """Store what is new to the mailbox and enqueue it; return one receipt for each submission, in order.

        One that is no mail is refused and harms no other. When this returns, what it calls stored is on disk, and of
        what it calls refused nothing is: with `TooMuchWaits`, the same mail may be accepted later.

        Raises:
            StorageUnavailable: The database does not answer; nothing was accepted.
        """
        return self._accept(submissions, [parse_submission(one) for one in submissions], mailbox, now)

    def keep(self, submissions: Sequence[Submission], *, mailbox: str, now: datetime) -> list[Receipt]:
        """Do as `accept`, for a door that cannot send mail back: what is refused is kept, set aside with the reason.

        One at which we fail ourselves is set aside too, so that it holds up no other.

        Raises:
            StorageUnavailable: The database does not answer; some may have been accepted.
        """
        try:
            return self._accept(submissions, [_parsed(one) for one in submissions], mailbox, now, keep_refused=True)
        except StorageFault:
            if len(submissions) == 1 and submissions[0].fault is not None:
                raise
        if len(submissions) == 1:
            return self.keep([replace(submissions[0], fault=UNSTORABLE)], mailbox=mailbox, now=now)
        half = len(submissions) // 2
        parts = (submissions[:half], submissions[half:])
        return [receipt for part in parts for receipt in self.keep(part, mailbox=mailbox, now=now)]

    def _accept(
        self,
        submissions: Sequence[Submission],
        parsed: Sequence[Parsed],
        mailbox: str,
        now: datetime,
        *,
        keep_refused: bool = False,
    ) -> list[Receipt]:
        digests = [hashlib.sha256(submission.raw).digest() for submission in submissions]
        if (too_much := self.limit.reached(self.database, now)) is not None:
            return self._turn_away(digests, mailbox, too_much)
        messages = {
            digest: (submission, message)
            for digest, submission, message in zip(digests, submissions, parsed, strict=True)
            if keep_refused or isinstance(message, Message)
        }
        stored, held, image_ids = self._store(messages, mailbox, now)
        waiting = [email_id for digest, email_id in stored.items() if isinstance(messages[digest][1], Message)]
        self.limit.note_stored(len(waiting))
        if stored:
            told = {"mailbox": mailbox, "count": len(stored), "email_ids": sorted(stored.values())[:MOST_NAMED]}
            log.info("emails stored", held_before=len(held), **told)
        self._enqueue(sorted(waiting), image_ids)
        return _receipts(digests, parsed, stored, held)

    def _turn_away(self, digests: Sequence[bytes], mailbox: str, too_much: TooMuchWaits) -> list[Receipt]:
        """Answer what is held already, and refuse the rest unread."""
        with self.database.reading() as session:
            found = mailbox_id(session, mailbox)
            held: Held = {} if found is None else _held(session, found, digests)
        return [
            _receipt_of_held(held[digest]) if digest in held else Receipt(Outcome.REFUSED, error=too_much)
            for digest in digests
        ]

    def _store(
        self, messages: Messages, mailbox: str, now: datetime, *, tries: int = 3
    ) -> tuple[dict[bytes, int], Held, list[int]]:
        """Return the ids of what was stored, what is held already or was deleted, by digest, and the ids of images."""
        try:
            return self._store_once(messages, mailbox, now)
        except StorageConflict:
            # Somebody stores some of the same mail in another order, and one of us had to give way.
            if tries == 1:
                raise
            return self._store(messages, mailbox, now, tries=tries - 1)

    def _store_once(self, messages: Messages, mailbox: str, now: datetime) -> tuple[dict[bytes, int], Held, list[int]]:
        with self.database.unit_of_work() as session:
            mailbox_id = ensure_mailbox(session, mailbox, now)
            held = _held(session, mailbox_id, list(messages))
            new = {digest: pair for digest, pair in messages.items() if digest not in held}
            rows = self._rows(session, mailbox_id, new, now)
            stored = emails.insert_once(session, mailbox_id, rows)
            answered = {row.email["thread_id"] for row in rows if _is_new_and_open(row, stored)}
            wake_answered(session, mailbox_id, answered)
            if len(stored) < len(rows):  # somebody else stored the same at this moment
                held = _held(session, mailbox_id, list(messages))
            attached = [
                image
                for digest, email_id in stored.items()
                if isinstance(message := messages[digest][1], Message)
                for image in images_of(message, mailbox_id, email_id, now)
            ]
            return stored, held, images.insert_images(session, attached)

    def _rows(self, session: Session, mailbox_id: int, new: Messages, now: datetime) -> list[NewEmail]:
        read = {digest: message for digest, (_, message) in new.items() if isinstance(message, Message)}
        threads = dict(zip(read, threads_of(session, mailbox_id, read), strict=True))
        policy = self.policy.of(mailbox_id)
        return [
            rows_of(digest, submission, message, threads[digest], policy, now)
            if isinstance(message, Message)
            else rows_of_refused(digest, submission, message, policy, now)
            for digest, (submission, message) in new.items()
        ]

    def _enqueue(self, email_ids: Sequence[int], image_ids: Sequence[int]) -> None:
        if not email_ids:
            return
        try:
            self.stream.add(email_ids)
            self.doorbell.ring()
            if self.images is not None:
                self.images.put(image_ids)
        except QueueUnavailable as error:
            # The mail is accepted all the same: it is listed, and the reconciler enqueues it once Redis is back.
            told = {"email_ids": list(email_ids[:MOST_NAMED]), "count": len(email_ids)}
            log.warning("emails stored but not enqueued", error=str(error), **told)


def _is_new_and_open(row: NewEmail, stored: Mapping[bytes, int]) -> bool:
    return row.email["digest"] in stored and row.email["handled_at"] is None


def _parsed(submission: Submission) -> Parsed:
    try:
        return parse_submission(submission)
    except Exception as error:  # a fault of ours, at this one
        log.exception("mail could not be parsed", size_bytes=len(submission.raw))
        return MalformedMessage(f"reading it raised {type(error).__name__}; please report it")


def _receipts(
    digests: Sequence[bytes],
    parsed: Sequence[Parsed],
    stored: Mapping[bytes, int],
    held: Held,
) -> list[Receipt]:
    receipts, met = [], set()
    for digest, message in zip(digests, parsed, strict=True):
        refused = None if isinstance(message, Message) else message
        if digest in stored and digest not in met:
            outcome, state = (Outcome.SET_ASIDE, emails.FAILED) if refused else (Outcome.STORED, emails.QUEUED)
            receipts.append(Receipt(outcome, stored[digest], state, error=refused))
        elif digest in stored:  # the same mail twice in one batch
            state = emails.FAILED if refused else emails.QUEUED
            receipts.append(Receipt(Outcome.DUPLICATE, stored[digest], state))
        elif digest in held:
            receipts.append(_receipt_of_held(held[digest]))
        else:
            receipts.append(Receipt(Outcome.REFUSED, error=refused))
        met.add(digest)
    return receipts


def _held(session: Session, mailbox_id: int, digests: Sequence[bytes]) -> Held:
    """Return id and state of what the mailbox holds, and what it held until a person deleted it."""
    held = emails.ids_by_digest(session, mailbox_id, digests)
    # After the emails, so that one which is deleted meanwhile is found in either place.
    gone = deleted(session, mailbox_id, [digest for digest in digests if digest not in held])
    return held | {digest: EmailDeleted(email_id) for digest, email_id in gone.items()}


def _receipt_of_held(found: tuple[int, str] | EmailDeleted) -> Receipt:
    if isinstance(found, EmailDeleted):
        return Receipt(Outcome.REFUSED, error=found)
    return Receipt(Outcome.DUPLICATE, *found)
