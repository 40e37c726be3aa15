"""How large a mail may be, so that no mail holds up the others.

Every bound is far above what real mail has, and is checked before the work it bounds.
"""

from triage.errors import MalformedMessage

MAX_MESSAGE_BYTES = 50 * 2**20
MAX_HEADER_BYTES = 2**20
MAX_HEADER_FIELDS = 1_000
MAX_PARTS = 1_000
MAX_DEPTH = 20
# The parser looks at each line for itself and again for each multipart around it; so many looks take about a second.
MAX_LOOKS_AT_LINES = 8_000_000
# Real mail has no more multiparts around a part than so many; what has may have few lines, a tenth of a second's.
USUAL_DEPTH = 6
MAX_LOOKS_BEYOND = 400_000
_LOOKS_OUTSIDE_MULTIPARTS = 3
# What is read of one header field: 4 KB hold any file name, 200 KB several thousand recipients.
MAX_PARAMETER_CHARS = 4_000
# The library looks for the end of each anew from the first.
MAX_PARAMETERS = 64
MAX_FIELD_CHARS = 200_000
# What is decoded of a text.
MAX_TEXT_CHARS = 500_000
# What is read of it, to tell what is new from what is quoted; the model stops far earlier, and a person too.
MAX_READ_CHARS = 200_000
MAX_READ_LINES = 8_000
# What is laid out of HTML; a newsletter has some thousand tags.
MAX_TAGS = 20_000


class Budget:
    """What a message may still use up while its parts are found."""

    def __init__(self, raw: bytes) -> None:
        self._lines = raw.count(b"\n") + raw.count(b"\r")
        self._parts = 0
        self.spend_part(depth=0)

    def spend_part(self, *, depth: int) -> None:
        """Account for one more part inside so many multiparts.

        Raises:
            MalformedMessage: The message has more parts, deeper nesting or more lines than are read.
        """
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise _exceeded("parts", MAX_PARTS)
        if depth > MAX_DEPTH:
            raise _exceeded("levels of parts", MAX_DEPTH)
        most_looks = MAX_LOOKS_AT_LINES if depth <= USUAL_DEPTH else MAX_LOOKS_BEYOND
        most_lines = most_looks // (_LOOKS_OUTSIDE_MULTIPARTS + depth)
        if self._lines > most_lines:
            raise _exceeded("lines at this nesting", most_lines)


def check_size(size_bytes: int) -> None:
    """Refuse a message that is too large, before anything is done with it.

    Raises:
        MalformedMessage: It is.
    """
    if size_bytes > MAX_MESSAGE_BYTES:
        raise _exceeded("bytes", MAX_MESSAGE_BYTES)


def check_header(size_bytes: int) -> None:
    """Refuse a header that is too large.

    Raises:
        MalformedMessage: It is.
    """
    if size_bytes > MAX_HEADER_BYTES:
        raise _exceeded("bytes of header", MAX_HEADER_BYTES)


def check_header_fields(fields: int) -> None:
    """Refuse a header with too many fields.

    Raises:
        MalformedMessage: It has.
    """
    if fields > MAX_HEADER_FIELDS:
        raise _exceeded("header fields", MAX_HEADER_FIELDS)


def _exceeded(what: str, allowed: int) -> MalformedMessage:
    return MalformedMessage(f"the message has more than {allowed:,} {what}; ask its sender for a smaller one")
