"""Accepting mail from any door: parse, store once, enqueue. The one way in.

The rows are committed before any id is enqueued, so an accepted email is in the inbox at once, and losing Redis loses
no mail: the reconciler enqueues what is stored and not read.
"""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import chain

import structlog
from sqlalchemy.orm import Session

from triage.errors import InvalidSubmission, MalformedMessage, QueueUnavailable
from triage.mail import Message, message_from_json, parse_message, read_json_mail
from triage.queue import Doorbell, MailStream
from triage.ranking import PriorityPolicy, rank_at
from triage.storage import emails
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.session import Database
from triage.storage.tables import Message as StoredMessage

log = structlog.get_logger(__name__)

MESSAGE_RFC822 = "message/rfc822"
APPLICATION_JSON = "application/json"
SNIPPET_LENGTH = 200
# Long enough for any real one (RFC 5322 §2.1.1: 998 characters a line), short enough for an index.
LONGEST_MESSAGE_ID = 600


class Outcome(StrEnum):
    """What became of a submission."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Submission:
    """A mail at the door.

    Attributes:
        raw: As it came; these bytes tell it from others.
        received_at: When our side got it. `None` when the door does not know: then the mail's own trace counts, but
            never a time after now.
    """

    raw: bytes
    media_type: str = MESSAGE_RFC822
    received_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one submission.

    Attributes:
        email_id: `None` when it was refused.
        state: State of the email: of a duplicate, that of the one already held; empty when refused.
        error: Why it was refused.
    """

    outcome: Outcome
    email_id: int | None = None
    state: str = ""
    error: MalformedMessage | InvalidSubmission | None = None


@dataclass(frozen=True, slots=True)
class Intake:
    """The door keeper: what accepting mail takes."""

    database: Database
    stream: MailStream
    doorbell: Doorbell
    policy: PriorityPolicy

    def accept(self, submissions: Sequence[Submission], *, mailbox: str, now: datetime) -> list[Receipt]:
        """Store what is new to the mailbox and enqueue it; return one receipt for each submission, in order.

        One that is no mail is refused and harms no other. When this returns, what it calls stored is on disk.

        Raises:
            StorageUnavailable: The database does not answer; nothing was accepted.
        """
        parsed = [_parse(submission) for submission in submissions]
        digests = [hashlib.sha256(submission.raw).digest() for submission in submissions]
        messages = {
            digest: (submission, message)
            for digest, submission, message in zip(digests, submissions, parsed, strict=True)
            if isinstance(message, Message)
        }
        with self.database.unit_of_work() as session:
            mailbox_id = ensure_mailbox(session, mailbox, now)
            held = emails.ids_by_digest(session, mailbox_id, list(messages))
            new = {digest: pair for digest, pair in messages.items() if digest not in held}
            threads = _threads(session, mailbox_id, [message for _, message in new.values()])
            rows = [
                _rows(digest, submission, message, threads[id(message)], self.policy, now)
                for digest, (submission, message) in new.items()
            ]
            stored = emails.insert_once(session, mailbox_id, rows)
            if len(stored) < len(rows):  # somebody else stored the same at this moment
                held = emails.ids_by_digest(session, mailbox_id, list(messages))
        self._enqueue(sorted(stored.values()))
        return _receipts(digests, parsed, stored, held)

    def _enqueue(self, email_ids: Sequence[int]) -> None:
        if not email_ids:
            return
        try:
            self.stream.add(email_ids)
            self.doorbell.ring()
        except QueueUnavailable as error:
            # The mail is accepted all the same: it is listed, and the reconciler enqueues it once Redis is back.
            log.warning("emails stored but not enqueued", count=len(email_ids), error=str(error))


def _parse(submission: Submission) -> Message | MalformedMessage | InvalidSubmission:
    try:
        if submission.media_type == APPLICATION_JSON:
            return message_from_json(read_json_mail(json.loads(submission.raw)))
        return parse_message(submission.raw)
    except (MalformedMessage, InvalidSubmission) as error:
        return error
    except json.JSONDecodeError as error:
        return InvalidSubmission(f"not JSON: {error.msg} at character {error.pos}; correct it and send it again")
    except (RecursionError, UnicodeDecodeError):
        return InvalidSubmission("not JSON that can be read: nested too deeply or not in UTF-8; correct it there")


def _receipts(
    digests: Sequence[bytes],
    parsed: Sequence[Message | MalformedMessage | InvalidSubmission],
    stored: dict[bytes, int],
    held: dict[bytes, tuple[int, str]],
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


def _threads(session: Session, mailbox_id: int, messages: Sequence[Message]) -> dict[int, str]:
    """Return the thread of each message, by `id(message)`: that of the nearest email it answers, else a new one.

    Only references build threads; equal subjects never do. A thread is named by a digest of its root, so that two
    answers find together even when the mail they answer never came here.
    """
    referenced = chain.from_iterable(message.references for message in messages)
    known = emails.threads_by_message_id(session, mailbox_id, (stored_message_id(one) for one in referenced))
    threads = {}
    for message in messages:
        answered = (known.get(stored_message_id(one)) for one in reversed(message.references))
        thread_id = next(filter(None, answered), None) or _new_thread(message)
        threads[id(message)] = thread_id
        if message.message_id:
            known.setdefault(stored_message_id(message.message_id), thread_id)
    return threads


def _new_thread(message: Message) -> str:
    root = next(iter(message.references), message.message_id)
    # Without any id the mail stands alone: its object is as good as a random name.
    name = root or f"{message.sender.address} {message.date} {message.subject} {message.text}"
    return hashlib.blake2b(name.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _rows(
    digest: bytes, submission: Submission, message: Message, thread_id: str, policy: PriorityPolicy, now: datetime
) -> emails.NewEmail:
    received_at = min(submission.received_at or message.received_at or message.date or now, now)
    priority = policy.default_priority
    return emails.NewEmail(
        email={
            "digest": digest,
            "size_bytes": len(submission.raw),
            "state": emails.QUEUED,
            "attempts": 0,
            "received_at": received_at,
            "stored_at": now,
            "enqueued_at": now,
            "message_id": stored_message_id(message.message_id),
            "thread_id": thread_id,
            "sender_name": storable(message.sender.name),
            "sender_address": storable(message.sender.address),
            "recipients": [{"name": storable(to.name), "address": storable(to.address)} for to in message.to],
            "subject": storable(message.subject),
            "snippet": storable(" ".join(message.text[: 4 * SNIPPET_LENGTH].split())[:SNIPPET_LENGTH]),
            "is_automatic": message.is_automatic or message.is_bulk,
            "attachment_count": len(message.attachments),
            "priority": priority,
            "band": policy.band(priority),
            "rank_at": rank_at(received_at, priority, policy),
        },
        message={
            "media_type": submission.media_type,
            "text": storable(message.text),
            "quoted_text": storable(message.quoted_text),
            "raw": submission.raw,
        },
        attachments=[
            {
                "position": part.position,
                "filename": storable(part.filename),
                "content_type": storable(part.content_type)[:255],
                "is_inline": part.is_inline,
                "size_bytes": len(part.content),
            }
            for part in message.attachments
        ],
    )


def stored_message(stored: StoredMessage) -> Message:
    """Return the parse of a message that was accepted before.

    Raises:
        MalformedMessage: An older release took what this one does not.
    """
    parsed = _parse(Submission(stored.raw, stored.media_type))
    if isinstance(parsed, Message):
        return parsed
    raise parsed


def stored_message_id(message_id: str) -> str:
    """Return a Message-ID as the database keeps it."""
    return storable(message_id)[:LONGEST_MESSAGE_ID]


def storable(text: str) -> str:
    """Return text that both databases take: PostgreSQL refuses NUL, and neither stores a lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
