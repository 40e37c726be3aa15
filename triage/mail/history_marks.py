"""What mailers put above the history of a mail, in English, German and the languages of neighbours."""

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple

from triage.mail.copied_headers import copied_header_end
from triage.mail.reply_lines import reply_line_end


class Kind(Enum):
    """What a mark says of the text under it."""

    REPLY = "somebody wrote it before"
    HEADER = "somebody sent it, as a copy of its header says"
    ORIGINAL = "it is the mail that is answered"
    FORWARD = "it is handed on"


class Mark(NamedTuple):
    """Lines that mark history.

    Attributes:
        start: Index of the first line of the mark.
        end: Index of the first line under it.
    """

    kind: Kind
    start: int
    end: int


_ORIGINAL = (
    r"original(?:[- ]?nachricht| message| appointment)|ursprüngliche[rs]? (?:nachricht|mail|e-mail|termin)"
    r"|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|wiadomość oryginalna|исходное сообщение"
)
_FORWARD = (
    r"(?:begin )?forwarded (?:message|by)|(?:anfang der )?weitergeleitete[nr]? (?:nachricht|mail|e-mail)"
    r"|weitergeleitet von|message transféré|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht"
)
# Between rules, or as a line of its own that ends in a colon.
_SEPARATOR = re.compile(
    rf"(?:[\s*]*+[-_=]{{2,}}+|\s*+\*{{2,}}+)\s*+(?:({_FORWARD})|{_ORIGINAL})\b.{{0,160}}|\s*+\*?({_FORWARD})\s*:[\s*]*",
    re.IGNORECASE,
)
_MAY_BE_SEPARATOR = re.compile(r"[\s*]*(?:[-_=*]{2}|begin|anfang|forw|weiter|mess|mens|door)", re.IGNORECASE)
# Lotus Notes puts a name and a date between its separator and the copied header.
_LINES_TO_HEADER = 6


def mark_at(lines: Sequence[str], start: int) -> Mark | None:
    """Return the mark that begins at a line; `None` when the line is text."""
    line = lines[start]
    if _MAY_BE_SEPARATOR.match(line) and (separator := _SEPARATOR.fullmatch(line)):
        kind = Kind.FORWARD if separator[1] or separator[2] else Kind.ORIGINAL
        return Mark(kind, start, _end_of_header_under(lines, start + 1))
    if ":" in line and (end := copied_header_end(lines, start)):
        return Mark(Kind.HEADER, start, end)
    if end := reply_line_end(lines, start):
        return Mark(Kind.REPLY, start, end)
    return None


def _end_of_header_under(lines: Sequence[str], start: int) -> int:
    for index in range(start, min(start + _LINES_TO_HEADER, len(lines))):
        if end := copied_header_end(lines, index):
            return end
    return start
