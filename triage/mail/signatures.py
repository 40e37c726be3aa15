"""Where the signature of a text begins: contact data, legal notices, and what devices and lists append."""

import re
from collections.abc import Sequence

_DASHES = re.compile(r"\s*(?:--|—|- -)\s*")
_RULE = re.compile(r"\s*(?:[-_=*~#+—–]{2,}|ᐧ)\s*")
_DEVICE = re.compile(
    r"[\s(<*]*(?:"
    r"(?:sent|written|gesendet|geschickt|versendet|verschickt|envoyé|enviado|inviato|verzonden|skickat|sendt)\s"
    r"(?:from|via|with|by|on|mit|von|über|vom|aus|depuis|desde|da|met|från|fra)\b.{1,100}"
    r"|(?:diese (?:nachricht|e-?mail|mail) wurde )?von meinem\b.{1,80}(?:gesendet|geschickt|versendet)"
    r"|diese (?:nachricht|e-?mail|mail) wurde (?:von|mit)\b.{1,80}(?:gesendet|verschickt|versendet)"
    r"|(?:get|hol(?:en)? sie sich|beziehen sie) outlook f(?:or|ür)\b.{1,80}|outlook f(?:or|ür) (?:ios|android) .{0,60}"
    r"|diktiert\b.{0,60}|從我的.{1,30})[\s.)>*]*",
    re.IGNORECASE,
)
_NOTICE = re.compile(
    r"[\s*_]*(?:"
    r"(?:diese|die in dieser) (?:e-?mail|nachricht|mail)\b.{0,120}(?:vertraulich|bestimmt|geschützt|ausschließlich)"
    r"|(?:der inhalt|die information(?:en)?) dieser (?:e-?mail|nachricht)\b"
    r"|(?:this|the information (?:contained )?in this) (?:e-?mail|message|communication|transmission)\b.{0,160}"
    r"(?:confidential|intended|privileged|property)"
    r"|(?:confidentiality|privacy|legal) (?:notice|note|statement)\b|disclaimer\b|haftungsausschluss\b|vertraulichkeitshinweis\b"
    r"|important notice:|wichtiger hinweis: diese|this (?:e-?mail|message)(?: and any| \(including)"
    r"|(?:please consider|think about) the environment|bitte (?:denken|prüfen) sie .{0,60}(?:umwelt|ausdrucken|drucken)"
    r"|(?:virus-free|virenfrei)\b|you received this (?:message|e-?mail) because)",
    re.IGNORECASE,
)
_CLOSING = re.compile(
    r"[\s*]*(?:(?:mit )?(?:(?:den )?(?:freundlichen?|besten?|vielen?|lieben?|herzlichen?|sonnigen?|kollegialen?|schönen?)\s)+"
    r"(?:grüßen?|grüssen?|gruß|gruss|gruessen?)|grüße|gruß|gruss|mfg|lg|vg|hg|hochachtungsvoll|(?:vielen|besten|herzlichen) dank|danke"
    r"|(?:(?:with )?(?:best|kind|kindest|warm|warmest|many)\s(?:regards|wishes|thanks))|regards|sincerely(?: yours)?|yours(?:\s\w+)?"
    r"|cheers|thanks(?: again| in advance)?|thank you|all the best|best|respectfully)\b[\s,.!*]*(?:(?:aus|from)\s[\w ]{1,30})?[\s,.!*]*",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"@\w|https?:|www\.|\+\d{1,3}[\s(/-]?\d|\b(?:tel|telefon|fon|phone|fax|telefax|mobil|mobile|handy|cell|durchwahl|office|direct"
    r"|e-?mail|web|internet|t|m|f|p|o)\b\.?\s*[:.]?\s*[+(]?\d|\(?\d{3}\)?[-. ]\d{3}[-. ]\d{4}"
    r"|\bHRB\b|ust-?id|geschäftsführ|amtsgericht|registergericht|steuernummer|\b\d{5}\s[A-ZÄÖÜ]|mailing list\b",
    re.IGNORECASE,
)
_AFTERTHOUGHT = re.compile(r"\s*p\.?\s?s\.?\b[\s:]", re.IGNORECASE)
_LONGEST_CLOSING = 80
_LONGEST_SIGNATURE = 40
_LONGEST_WITH_BLANK_LINES = 100
_LONGEST_AFTER_RULE = 12
_LONGEST_NAME_WORDS = 5


def is_closing(line: str) -> bool:
    """Tell whether a line is a closing formula and nothing else: `Mit freundlichen Grüßen`, `Kind regards`."""
    return len(line) <= _LONGEST_CLOSING and _CLOSING.fullmatch(line) is not None


def signature_start(lines: Sequence[str]) -> int:
    """Return the index of the first line of the signature; the number of lines when there is none.

    A closing formula and the name under it are the writer's own words; what follows them is not.
    """
    text_begins = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    for index in range(max(text_begins + 1, len(lines) - _LONGEST_WITH_BLANK_LINES), len(lines)):
        line = lines[index]
        if line.strip() and _begins_signature(line, lines[index + 1 :]):
            return index
    return _contact_start(lines, text_begins)


def _begins_signature(line: str, below: Sequence[str]) -> bool:
    if _DASHES.fullmatch(line):
        return len(below) <= _LONGEST_SIGNATURE
    if _RULE.fullmatch(line):
        texts = [one for one in below if one.strip() and not _RULE.fullmatch(one)]
        return not texts or (len(texts) <= _LONGEST_AFTER_RULE and any(map(_CONTACT.search, texts)))
    if _DEVICE.fullmatch(line):
        return sum(bool(one.strip()) and not _DEVICE.fullmatch(one) for one in below) <= _LONGEST_AFTER_RULE
    return _NOTICE.match(line) is not None


def _contact_start(lines: Sequence[str], text_begins: int) -> int:
    """Return where contact data begin under the last closing formula and the name."""
    first = max(text_begins, len(lines) - _LONGEST_WITH_BLANK_LINES)
    closing = next((index for index in range(len(lines) - 1, first, -1) if is_closing(lines[index])), None)
    if closing is None:
        return len(lines)
    texts = [index for index in range(closing + 1, len(lines)) if lines[index].strip()]
    names = [index for index in texts[:2] if _is_name(lines[index])]
    below = texts[len(names) :]
    has_contact = any(_CONTACT.search(lines[index]) for index in below)
    has_afterthought = any(_AFTERTHOUGHT.match(lines[index]) for index in below)
    return below[0] if has_contact and not has_afterthought and len(below) <= _LONGEST_SIGNATURE else len(lines)


def _is_name(line: str) -> bool:
    return len(line.split()) <= _LONGEST_NAME_WORDS and not _CONTACT.search(line)
