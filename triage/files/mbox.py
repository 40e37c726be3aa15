"""Messages of an mbox, one after the other, from a stream that is read once.

A line that starts with `From ` separates messages only where a writer of mbox puts one: at the start or after a blank
line, with a date. A sentence of a letter may start with the same word and even name a time, so what is less than the
full date of `asctime` counts only before a header field.
"""

import re
from collections.abc import Iterator
from itertools import chain, pairwise

from triage.files.item import MOST_BYTES
from triage.files.rejoined import Lines

_PIECE_BYTES = 2**16  # of a line; lines may be as long as the whole stream
_MOST_SEPARATOR_BYTES = 1_000
_FULL_DATE = re.compile(
    rb"From .*\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun) "
    rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) [ \d]\d? \d\d:\d\d.* \d{4}\b"
)
_SEPARATOR = re.compile(rb"From \S.*(?:\d{4}\s*\Z|\b\d{1,2}:\d\d\b)", re.DOTALL)
_HEADER_FIELD = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_BLANK = (b"\n", b"\r\n")
_LAST_BLANK_LINE = re.compile(rb"(?:(?<=\n)|\A)\r?\n\Z")


def messages_in_mbox(stream: Lines) -> Iterator[bytes]:
    """Yield the messages as they stand, without their separator; one that is too large is cut at `MOST_BYTES`.

    What stands before the first separator is a message too.

    Source:
        RFC 4155, appendix A.
    """
    message = bytearray()
    begun, after_blank, at_line_start = False, True, True
    pieces = iter(lambda: stream.readline(_PIECE_BYTES), b"")
    for piece, following in pairwise(chain(pieces, (b"",))):
        if after_blank and _separates(piece, following):
            if begun or message.strip():
                yield _finished(message)
            message, begun = bytearray(), True
        else:
            # The longest blank line fits on top, for it is taken off again.
            message += piece[: max(0, MOST_BYTES + 2 - len(message))]
        after_blank, at_line_start = at_line_start and piece in _BLANK, piece.endswith(b"\n")
    if begun or message.strip():
        yield _finished(message)


def is_separator(line: bytes) -> bool:
    """Tell whether a line could stand before a message of an mbox."""
    return len(line) <= _MOST_SEPARATOR_BYTES and _SEPARATOR.match(line) is not None


def _separates(line: bytes, following: bytes) -> bool:
    return is_separator(line) and (_FULL_DATE.match(line) or _HEADER_FIELD.match(following)) is not None


def _finished(message: bytearray) -> bytes:
    """Take off the blank line that belongs to the next separator."""
    end = _LAST_BLANK_LINE.search(message, max(0, len(message) - 3))
    return bytes(message[: end.start() if end else None][:MOST_BYTES])
