"""How large a mail may be, so that no mail holds up the others.

Every bound is far above what real mail has, and is checked before the work it bounds.
"""

from triage.errors import MalformedMessage

MAX_MESSAGE_BYTES = 50 * 2**20
MAX_HEADER_BYTES = 2**20
MAX_HEADER_FIELDS = 1_000
MAX_PARTS = 1_000
MAX_DEPTH = 20
# The parser looks at every line once for itself and once for each multipart around it; this many looks take a second.
MAX_LINE_VISITS = 8_000_000
# What is read of one header field: 4 KB hold any file name, 200 KB several thousand recipients.
MAX_PARAMETER_CHARS = 4_000
MAX_FIELD_CHARS = 200_000
# What is read of a text; the model stops far earlier, and a person too.
MAX_TEXT_CHARS = 500_000


def exceeded(what: str, found: int, allowed: int) -> MalformedMessage:
    """Return the error for a mail beyond a bound."""
    return MalformedMessage(
        f"the message has {found:,} {what} and at most {allowed:,} are read; ask its sender for a smaller one"
    )
