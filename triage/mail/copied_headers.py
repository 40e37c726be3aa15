"""The header of a mail, copied into the text above that mail: `Von: … Gesendet: … An: … Betreff: …`."""

import re
from collections.abc import Sequence

_FIELD = re.compile(r"[\s*|]*([^\W\d_][\w' -]{0,20}?)\s?\*{0,2}\s?:\**(?:\s(.*)|$)")
_NAMES = {
    "from": "from von de da van från fra od от",
    "date": "date datum sent gesendet envoyé enviado inviato data verzonden skickat sendt wysłano отправлено fecha",
    "to": "to an à a para aan till til do кому",
    "cc": "cc bcc kopie copie copia",
    "subject": "subject betreff objet asunto oggetto assunto onderwerp ämne emne temat тема",
    "other": "reply-to antwort risposta organisation organization importance priorität wichtigkeit anlagen attachments",
}
_FIELD_OF_NAME = {name: field for field, names in _NAMES.items() for name in names.split()}
_ADDRESSES = re.compile(r"@|[;,]\s*$|^\s*<")
_NOTES_DATE = re.compile(r"\d{1,2}[/.]\d{1,2}[/.]\d{2,4},?\s+\d{1,2}:\d\d")
_RULE = re.compile(r"[\s*_=-]+")
_MOST_LINES = 40
# A subject as long as this was broken by a mailer, and the next line is its end.
_BROKEN_AT = 60


def copied_header_end(lines: Sequence[str], start: int) -> int | None:
    """Return the index of the first line under a copied header that begins at `start`; `None` when none does.

    Two fields of a header are not enough to tell it from a form that somebody filled in, unless one is a sender with
    an address or a date follows.
    """
    found, end = _fields(lines, start)
    known = found.keys() - {"other"}
    has_sender = "from" in known and ("date" in known or (len(known) > 1 and "@" in found["from"]))
    return end if has_sender or len(known) >= 3 else None


def lines_above(lines: Sequence[str], above: Sequence[int]) -> int:
    """Return how many of the lines above a copied header stay, without the rule and the sender that belong to it."""
    count = len(above)
    while count and (not lines[above[count - 1]] or _RULE.fullmatch(lines[above[count - 1]])):
        count -= 1
    if count and _NOTES_DATE.search(lines[above[count - 1]]):
        # Lotus Notes writes the sender and the date above `To:`.
        count -= 2 if count > 1 and lines[above[count - 2]].strip() else 1
    return count


def _fields(lines: Sequence[str], start: int) -> tuple[dict[str, str], int]:
    found: dict[str, str] = {}
    latest, end = "", start
    for index in range(start, min(start + _MOST_LINES, len(lines))):
        field, value = _field(lines[index])
        if field in found or not (field or (latest and _goes_on(lines, index, latest))):
            break
        if field:
            found[field] = value
            latest, end = field, index + 1
    if latest == "subject" and end < len(lines) and len(lines[end - 1]) >= _BROKEN_AT and lines[end].strip():
        end += 1
    return found, end


def _field(line: str) -> tuple[str, str]:
    match = _FIELD.match(line)
    if not match or not (match[1][0].isupper() or match[1] in {"cc", "bcc"}):
        return "", ""
    return _FIELD_OF_NAME.get(match[1].lower(), ""), match[2] or ""


def _goes_on(lines: Sequence[str], index: int, latest: str) -> bool:
    """Tell whether a line that is no field still stands inside a copied header: a folded one, or a blank from HTML."""
    before_field = index + 1 < len(lines) and _field(lines[index + 1])[0] != ""
    return before_field or (latest in {"from", "to", "cc"} and _ADDRESSES.search(lines[index]) is not None)
