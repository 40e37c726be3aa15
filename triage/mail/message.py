"""A mail, parsed."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple


class MailText(NamedTuple):
    """What the model reads of a mail: its subject, and the newest writer's own words."""

    subject: str
    body: str


@dataclass(frozen=True, slots=True)
class Address:
    """A mailbox address as written in a header; `name` is empty when the header gives none."""

    name: str
    address: str


@dataclass(frozen=True, slots=True)
class Attachment:
    """A MIME part that a reader would see as a file.

    Attributes:
        position: Its number within the mail, from 0, stable for the same bytes.
        filename: Decoded name without any path; `attachment-N.ext` when the part names none.
        content_type: Lower case, for example `image/png`.
        is_inline: Shown within the text (`Content-ID` referenced from HTML, or disposition `inline`).
        content: The decoded bytes.
        content_id: What the HTML calls it by (`cid:…`), without angle brackets; empty when it has no name.
    """

    position: int
    filename: str
    content_type: str
    is_inline: bool
    content: bytes
    content_id: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """What Triage knows of a mail from its bytes alone.

    Attributes:
        message_id: The Message-ID header with its angle brackets; empty when the mail has none. A sender chooses it.
        references: Message-IDs this mail answers, root first, nearest last (References, then In-Reply-To).
        date: The Date header as an aware datetime; `None` when it is missing or unreadable.
        received_at: When the newest `Received` header says our side got it; `None` when there is none.
        text: The newest writer's own words: no quoted history, no signature. When they only hand a mail on, its words
            too. Empty only when the mail has no text.
        quoted_text: What `text` leaves out: history and signature, in order.
        html: The HTML alternative as sent, for display in a sandbox; empty when there is none.
        is_automatic: A machine answered or announced (`Auto-Submitted`, bounces, out-of-office marks).
        is_bulk: Sent to many (`List-*`, `Precedence: bulk|list|junk`).
    """

    message_id: str
    references: tuple[str, ...]
    sender: Address
    to: tuple[Address, ...]
    cc: tuple[Address, ...]
    reply_to: tuple[Address, ...]
    subject: str
    date: datetime | None
    received_at: datetime | None
    text: str
    quoted_text: str
    html: str
    attachments: tuple[Attachment, ...]
    is_automatic: bool
    is_bulk: bool
