"""Message-IDs and dates of a header."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.mail.legible import legible_line

MAX_REFERENCES = 100
MAX_MESSAGE_ID_CHARS = 998

_MESSAGE_ID = re.compile(r"<([^<>]+)>")


def message_ids(value: str) -> list[str]:
    """Return the Message-IDs of a header value, with their angle brackets; words between them are left out."""
    found = ("".join(legible_line(inside).split()) for inside in _MESSAGE_ID.findall(value))
    return [f"<{inside[:MAX_MESSAGE_ID_CHARS]}>" for inside in found if inside]


def message_id(value: str) -> str:
    """Return the one Message-ID of a header value; brackets that a mailer forgot are put back, empty stays empty."""
    found = message_ids(value)
    if found:
        return found[0]
    bare = "".join(legible_line(value).split()).strip("<>")
    return f"<{bare[:MAX_MESSAGE_ID_CHARS]}>" if bare else ""


def references(values: Iterable[str], *, own: str) -> tuple[str, ...]:
    """Return the Message-IDs that a mail answers, each once, root first and nearest last.

    Of a very long thread the root and the nearest are kept. A mail never answers itself.
    """
    thread = [one for value in values for one in message_ids(value)]
    # The last mention counts, for the mail that is answered stands last.
    once = [one for one in dict.fromkeys(reversed(thread)) if one != own][::-1]
    return tuple(once if len(once) <= MAX_REFERENCES else once[:1] + once[1 - MAX_REFERENCES :])


def moment(value: str) -> datetime | None:
    """Return a date as an aware datetime; one without a zone is in UTC, an unreadable one is `None`.

    Source:
        RFC 5322 §3.3; ISO 8601, which scripts write instead.
    """
    text = legible_line(value)[:200]
    for read in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            found = read(text)
            aware = found if found.tzinfo else found.replace(tzinfo=UTC)
            # Near the years 1 and 9999 a date exists that cannot be compared with others.
            return aware if aware.astimezone(UTC).year > 1 else None
        except (ValueError, TypeError, OverflowError, IndexError):
            continue
    return None


def moment_of_trace(received: str) -> datetime | None:
    """Return when a `Received` field says it was written: what follows its last semicolon (RFC 5321 §4.4)."""
    return moment(received.rpartition(";")[2])
