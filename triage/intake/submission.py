"""A mail at the door, its parse, and what becomes of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.errors import BytesGone, EmailDeleted, InvalidSubmission, MalformedMessage, TooMuchWaits
from triage.mail import JsonMail, Message, message_from_json, parse_message, read_document, read_json_mail
from triage.storage.tables import Message as StoredMessage

MESSAGE_RFC822 = "message/rfc822"
APPLICATION_JSON = "application/json"


class Outcome(StrEnum):
    """What became of a submission."""

    STORED = "stored"
    DUPLICATE = "duplicate"
    REFUSED = "refused"
    SET_ASIDE = "set_aside"  # refused, and kept with the reason by a door that cannot send it back


@dataclass(frozen=True, slots=True)
class Submission:
    """A mail at the door.

    Attributes:
        raw: As it came; these bytes tell it from others.
        received_at: When our side got it. `None` when the door does not know: then the mail's own trace counts, but
            never a time after now.
        json_mail: What `raw` says, where the door has read it already.
        fault: Why it cannot be taken, where the door knows.
        size_bytes: How large it is where `raw` is only its beginning.
        handled: Somebody has dealt with it already: it is stored and read, and never stands in the inbox.
    """

    raw: bytes
    media_type: str = MESSAGE_RFC822
    received_at: datetime | None = None
    json_mail: JsonMail | None = None
    fault: MalformedMessage | None = None
    size_bytes: int | None = None
    handled: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of one submission.

    Attributes:
        email_id: `None` when it was refused.
        state: State of the email: of a duplicate, that of the one already held; empty when refused.
        error: Why it was refused or set aside.
    """

    outcome: Outcome
    email_id: int | None = None
    state: str = ""
    error: MalformedMessage | InvalidSubmission | EmailDeleted | TooMuchWaits | None = None


def parse_submission(submission: Submission) -> Message | MalformedMessage | InvalidSubmission:
    """Return the message that was submitted, or why it is none."""
    if submission.fault is not None:
        return submission.fault
    try:
        if submission.media_type == APPLICATION_JSON:
            return message_from_json(submission.json_mail or read_json_mail(read_document(submission.raw)))
        return parse_message(submission.raw)
    except (MalformedMessage, InvalidSubmission) as error:
        return error


def stored_message(stored: StoredMessage) -> Message:
    """Return the parse of a message that was accepted before.

    Raises:
        MalformedMessage: An older release took what this one does not.
        BytesGone: Its bytes are not kept any more.
    """
    if not stored.raw:
        raise BytesGone(stored.email_id)
    parsed = parse_submission(Submission(stored.raw, stored.media_type))
    if isinstance(parsed, Message):
        return parsed
    raise parsed
