"""The lines that mailers put above the history of a mail.

Four kinds, in English, German and what neighbours send: `On … wrote:`, a copied header (`Von: … Gesendet: …`),
`-----Original Message-----`, and the mark of a forward. Prose that looks alike must not match, or what a person wrote
would be taken for history: a reply line needs a time, a year or an address, or the `>` of quoted lines under it.
"""

import re
from collections.abc import Sequence
from enum import Enum
from typing import NamedTuple


class Kind(Enum):
    """What a mark says about the text under it."""

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


_QUOTED = re.compile(r"\s*>(?!From )")
_RULE = re.compile(r"[\s*]*[-_=*]{5,}[\s*]*")

_WROTE = (
    r"(?:wrote|writes|schrieb|schreibt|geschrieben|a écrit|écrit|escribió|ha scritto|schreef|geschreven|skrev|escreveu"
    r"|napisał\(a\)|napisała?|написала?|пишет)"
)
_IS_SURE = re.compile(r"@|\d[:.]\d\d\b|\b(?:19|20)\d\d\b")
# After `wrote` nothing but a colon follows; after `schrieb` the name does, and `schrieb ich` is a person telling.
_REPLY = re.compile(
    rf"""
    [-–—*\s]*
    (?: (?:On|At|Le|El|Il|Op|Em|Den|Dnia|Dne|W\ dniu)\b .{{4,300}}? \b{_WROTE} \s* (?: :|-{{2,}}) [*\s]*
      | Am\b .{{2,200}}? \bschrieb (?!\s+(?:ich|wir|mir|uns|man|er|sie)\b) \s .{{1,200}} : [*\s]*
      | \d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}\b .{{0,200}}? (?: \b{_WROTE}\s*: | <[^<>]*@[^<>]*>\s*:? | GMT[+-]\d\d:\d\d\s.{{1,80}} )
      | .{{1,150}}? \b(?: hat\b .{{0,80}} \bgeschrieben | {_WROTE} (?: \s+(?:am|on|le|op|el|den|em)\b .{{3,80}} | \s*\(.{{4,60}}\))? ) \s*:
      | (?:Zitat\ von|Quoting|Citando)\s .{{1,150}} :
    ) \s*
    """,
    re.VERBOSE,
)
_MAY_BEGIN_REPLY = re.compile(
    r"[-–—*\s]*(?:(?:On|Am|At|Le|El|Il|Op|Em|Den|Dnia|Dne|W dniu|Zitat von|Quoting|Citando)\b|\d{1,4}[-./]\d)"
)
_LINES_OF_REPLY = 4

_ORIGINAL = (
    r"original(?:[- ]?nachricht| message| appointment)|ursprüngliche[rs]? (?:nachricht|mail|e-mail|termin)"
    r"|message d'origine|mensaje original|messaggio originale|mensagem original|oorspronkelijk bericht"
    r"|ursprungligt meddelande|oprindelig meddelelse|opprinnelig melding|wiadomość oryginalna|исходное сообщение"
)
_FORWARD = (
    r"(?:begin )?forwarded (?:message|by)|(?:anfang der )?weitergeleitete[nr]? (?:nachricht|mail|e-mail)"
    r"|weitergeleitet von|message transféré|mensaje reenviado|messaggio inoltrato|doorgestuurd bericht"
)
_SEPARATOR = re.compile(
    rf"[\s*]*(?:(?P<rule>[-_=*]{{2,}})\s*)?(?:(?P<forward>{_FORWARD})|{_ORIGINAL})\b(?P<rest>.{{0,160}})", re.IGNORECASE
)

_FIELD = re.compile(r"[\s*|]*([^\W\d_][\w' -]{0,20}?)\s?\*{0,2}\s?:\**(?:\s(.*)|$)")
_FIELDS = {
    "from": "from von de da van från fra od от",
    "date": "date datum sent gesendet envoyé enviado inviato data verzonden skickat sendt wysłano отправлено fecha",
    "to": "to an à a para aan till til do кому",
    "cc": "cc bcc kopie copie copia",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp ämne emne temat тема",
    "other": "reply-to antwort risposta organisation organization importance priorität wichtigkeit anlagen attachments",
}
_FIELD_OF_NAME = {name: field for field, names in _FIELDS.items() for name in names.split()}
_ADDRESS_LIST = re.compile(r"@|;\s*$|,\s*$|^\s*<")
_MOMENT = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},?\s+\d{1,2}:\d\d")
_LONGEST_HEADER = 40


def is_quoted(line: str) -> bool:
    """Tell whether a line stands behind `>`; `>From` is how a mailbox file writes `From`."""
    return _QUOTED.match(line) is not None


def mark_at(lines: Sequence[str], start: int) -> Mark | None:
    """Return the mark that begins at a line; `None` when the line is text."""
    return _separator(lines, start) or _copied_header(lines, start) or _reply_line(lines, start)


def next_text(lines: Sequence[str], start: int) -> int:
    """Return the index of the first line from `start` on that is not blank; the number of lines when all are."""
    return next((index for index in range(start, len(lines)) if lines[index].strip()), len(lines))


def quotes_follow(lines: Sequence[str], start: int) -> bool:
    """Tell whether the next line of text stands behind `>`."""
    index = next_text(lines, start)
    return index < len(lines) and is_quoted(lines[index])


def first_above(mark: Mark, lines: Sequence[str], own: Sequence[int]) -> int:
    """Return how many of the lines above a mark stay, without the rule and the sender that belong to the mark."""
    count = len(own)
    while count and (not lines[own[count - 1]].strip() or _RULE.fullmatch(lines[own[count - 1]])):
        count -= 1
    if mark.kind is Kind.HEADER and count and _MOMENT.search(lines[own[count - 1]]):
        # Lotus Notes writes the sender and the date above `To:`.
        count -= 2 if count > 1 and lines[own[count - 2]].strip() else 1
    return count


def _separator(lines: Sequence[str], start: int) -> Mark | None:
    found = _SEPARATOR.fullmatch(lines[start])
    if not found or not (found["rule"] or found["rest"].strip() in {":", ":*"}):
        return None
    end = start + 1
    # Lotus Notes puts a name and a date between the mark and the copied header.
    for index in range(end, min(end + 6, len(lines))):
        header = _copied_header(lines, index)
        if header:
            end = header.end
            break
    return Mark(Kind.FORWARD if found["forward"] else Kind.ORIGINAL, start, end)


def _reply_line(lines: Sequence[str], start: int) -> Mark | None:
    first = lines[start]
    longest = _LINES_OF_REPLY if _MAY_BEGIN_REPLY.match(first) else 2 if "<" in first or "@" in first else 1
    if longest == 1 and not first.rstrip().endswith(":"):
        return None
    joined = ""
    for end in range(start + 1, min(start + longest, len(lines)) + 1):
        line = lines[end - 1].strip()
        if not line:
            return None
        joined = f"{joined} {line}".lstrip()
        is_sure = _IS_SURE.search(joined) is not None
        if _REPLY.fullmatch(joined) and (is_sure or quotes_follow(lines, end)):
            return Mark(Kind.REPLY, start, end)
        # In whatever language: a time or an address, a colon, and quoted lines.
        if is_sure and joined.endswith(":") and quotes_follow(lines, end):
            return Mark(Kind.REPLY, start, end)
    return None


def _copied_header(lines: Sequence[str], start: int) -> Mark | None:
    """Return the copy of a mail's header that begins at a line; a rule above it belongs to it."""
    found, end = _fields(lines, start)
    named = found.keys() - {"other"}
    if not (len(named) >= 3 or ("from" in named and ("date" in named or (len(named) > 1 and "@" in found["from"])))):
        return None
    return Mark(Kind.HEADER, start, end)


def _fields(lines: Sequence[str], start: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    latest, end = "", start
    for index in range(start, min(start + _LONGEST_HEADER, len(lines))):
        line = lines[index]
        field, value = _field(line)
        if field:
            found.setdefault(field, value)
            latest, end = field, index + 1
        elif not latest or not _goes_on(line, latest, lines, index):
            break
    return found, end


def _field(line: str) -> tuple[str, str]:
    match = _FIELD.match(line)
    if not match or not (match[1][0].isupper() or match[1] in {"cc", "bcc"}):
        return "", ""
    return _FIELD_OF_NAME.get(match[1].lower(), ""), match[2] or ""


def _goes_on(line: str, latest: str, lines: Sequence[str], index: int) -> bool:
    """Tell whether a line that is no field stands inside a copied header."""
    # A folded subject; and from HTML the fields may come with blank lines between them.
    stands_between = index + 1 < len(lines) and bool(_field(lines[index + 1])[0])
    return stands_between or (latest in {"from", "to", "cc"} and bool(_ADDRESS_LIST.search(line)))
