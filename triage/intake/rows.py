"""The rows that an accepted message becomes."""

import hashlib
from dataclasses import replace
from datetime import datetime

from triage.errors import MalformedMessage, TriageError
from triage.intake.storable import storable
from triage.intake.submission import Submission
from triage.mail import Message, parse_message
from triage.ranking import Circumstances, PriorityPolicy, unread_place
from triage.storage.emails import FAILED, INTAKE, LONGEST_ERROR, QUEUED, NewEmail

SNIPPET_LENGTH = 200
# What a list shows; the whole is in the stored bytes.
LONGEST_NAME, LONGEST_SUBJECT, MOST_RECIPIENTS = 500, 2000, 100
# Long enough for any real one (RFC 5322 §2.1.1: 998 characters a line), short enough for an index.
LONGEST_MESSAGE_ID = 600
# Of a message that is refused for its header.
MOST_HEADER_BYTES = 64 * 2**10
THREAD_ID_BYTES = 16
LARGEST_SIZE = 2**31 - 1


def rows_of(
    digest: bytes, submission: Submission, message: Message, thread_id: str, policy: PriorityPolicy, now: datetime
) -> NewEmail:
    """Return what is stored of a message that nobody has read yet: it stands as an ordinary one, or as rules say."""
    received_at = min(submission.received_at or message.received_at or message.date or now, now)
    circumstances = Circumstances(
        sender_address=message.sender.address,
        is_automatic=message.is_automatic or message.is_bulk,
        recipients=tuple(to.address for to in message.to[:MOST_RECIPIENTS]),
        subject=message.subject,
        text=message.text,
        received_at=received_at,
    )
    return NewEmail(
        email={
            "digest": digest,
            "size_bytes": min(submission.size_bytes or len(submission.raw), LARGEST_SIZE),
            "state": QUEUED,
            "attempts": 0,
            "error": None,
            "error_stage": None,
            "failed_at": None,
            "received_at": received_at,
            "stored_at": now,
            "enqueued_at": now,
            "handled_at": now if submission.handled else None,
            "message_id": stored_message_id(message.message_id),
            "thread_id": thread_id,
            "sender_name": storable(message.sender.name)[:LONGEST_NAME],
            "sender_address": storable(message.sender.address)[:LONGEST_NAME],
            "recipients": [
                {"name": storable(to.name)[:LONGEST_NAME], "address": storable(to.address)[:LONGEST_NAME]}
                for to in message.to[:MOST_RECIPIENTS]
            ],
            "subject": storable(message.subject)[:LONGEST_SUBJECT],
            "snippet": storable(" ".join(message.text[: 4 * SNIPPET_LENGTH].split())[:SNIPPET_LENGTH]),
            "is_automatic": circumstances.is_automatic,
            "attachment_count": len(message.attachments),
            **unread_place(circumstances, received_at, now, policy),
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
                "filename": storable(part.filename)[:LONGEST_NAME],
                "content_type": storable(part.content_type)[:255],
                "is_inline": part.is_inline,
                "size_bytes": len(part.content),
            }
            for part in message.attachments
        ],
    )


def rows_of_refused(
    digest: bytes, submission: Submission, error: TriageError, policy: PriorityPolicy, now: datetime
) -> NewEmail:
    """Return what is stored of bytes that are no mail we read: set aside, with what the header says of itself."""
    message = _header_alone(submission.raw)
    thread_id = digest[:THREAD_ID_BYTES].hex()  # it stands alone
    rows = rows_of(digest, submission, message, thread_id, policy, now)
    set_aside = {"state": FAILED, "error": str(error)[:LONGEST_ERROR], "error_stage": INTAKE, "failed_at": now}
    return replace(rows, email={**rows.email, **set_aside})


def _header_alone(raw: bytes) -> Message:
    head = raw[:MOST_HEADER_BYTES]
    end = min((at for mark in (b"\n\n", b"\r\n\r\n") if (at := head.find(mark)) >= 0), default=len(head))
    try:
        message = parse_message(head[:end] + b"\n\n")
    except MalformedMessage:
        message = parse_message(b"Subject: \n\n")
    return replace(message, text="", quoted_text="", html="", attachments=())


def stored_message_id(message_id: str) -> str:
    """Return a Message-ID as the database keeps it: of a long one the beginning, and a digest instead of the rest."""
    kept = storable(message_id)
    if len(kept) <= LONGEST_MESSAGE_ID:
        return kept
    digest = hashlib.blake2b(kept.encode(), digest_size=16).hexdigest()
    return f"{kept[: LONGEST_MESSAGE_ID - len(digest)]}{digest}"
