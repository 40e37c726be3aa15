"""Where the signature of a text begins: contact data, legal notices, and what devices and lists append.

A closing formula and the name under it stay with the text. In doubt a line is text: what is cut here is not read by
the model.
"""

import re
from collections.abc import Sequence

_DASHES = re.compile(r"\s*(?:--|—|- -)\s*")
_RULE = re.compile(r"\s*(?:[-_=*~#+—–]{2,}|ᐧ)\s*")
_DEVICE = re.compile(
    r"""
    [\s(<*]*
    (?: (?:sent|written|gesendet|geschickt|versendet|verschickt|envoyé|enviado|inviato|verzonden|skickat|sendt)\s
        (?:from|via|with|by|on|mit|von|vom|über|aus|depuis|desde|da|met|från|fra)\b .{0,60}?
        \b(?: (?:my|meine[mr]|mon|mi|mijn|min)\b | (?:\w*(?:phone|pad|tab|mail|handy|mobil\w*|gerät|device|galaxy)
            | outlook|android|samsung|huawei|blackberry|thunderbird|windows|gmx|web\.de|telefon)\b ) .{0,80}
      | (?:diese\ (?:nachricht|e-?mail)\ wurde\ )? von\ meine[mr]\b .{1,80} (?:gesendet|geschickt|versendet)
      | (?:get|hol(?:en)?\ sie\ sich|beziehen\ sie)\ \[?outlook\ f(?:or|ür)\b .{1,80}
      | 從我的 .{1,30}
    ) [\s.)>*]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_NOTICE = re.compile(
    r"""
    [\s*_]*
    (?: (?:diese|die\ in\ dieser)\ (?:e-?mail|nachricht|mail)\b
        .{0,120} (?:vertraulich|bestimmt|geschützt|ausschließlich)
      | (?:der\ inhalt|die\ information(?:en)?)\ dieser\ (?:e-?mail|nachricht)\b
      | (?:this|the\ information\ (?:contained\ )?in\ this)\ (?:e-?mail|message|communication|transmission)\b
        .{0,160} (?:confidential|intended|privileged|property)
      | (?:confidentiality|privacy|legal)\ (?:notice|note|statement)\b | disclaimer\b
      | haftungsausschluss\b | vertraulichkeitshinweis\b
      | (?:please\ consider|think\ about)\ the\ environment
      | bitte\ (?:denken|prüfen)\ sie .{0,60} (?:umwelt|drucken)
      | virus-free\b | virenfrei\b | you\ (?:have\ )?received\ this\ (?:message|e-?mail)\ because
    )
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CLOSING = re.compile(
    r"""
    [\s*]*
    (?: (?:mit\ )? (?:(?:freundlich|best|viel|lieb|herzlich|sonnig|kollegial|schön)e[nr]?\s+)+
        (?:grüße?n? | grüssen? | gru(?:ß|ss) | gruessen?)
      | grüße | gru(?:ß|ss) | mfg | lg | vg | hg | hochachtungsvoll
      | (?:(?:vielen|besten|herzlichen)\ )? dank | danke
      | (?:with\ )? (?:best|kind|kindest|warm|warmest|many)\s(?:regards|wishes|thanks)
      | regards | sincerely(?:\ yours)? | yours(?:\s\w+)? | cheers | respectfully
      | thanks(?:\ again|\ in\ advance)? | thank\ you | (?:all\ the\ )? best
    ) \b [\s,.!*]*
    (?: (?:aus|from)\s[\w ]{1,30} | (?<=,\ ) (?-i:[A-ZÄÖÜ])[\w.-]{0,20} (?:\ (?-i:[A-ZÄÖÜ])[\w.-]{0,20})? )? [\s,.!*]*
    """,
    re.IGNORECASE | re.VERBOSE,
)
_CONTACT = re.compile(
    r"""
    @\w | https?: | www\. | \+\d{1,3}[\s(/-]?\d | \(?\d{3}\)?[-.\ ]\d{3}[-.\ ]\d{4} | \b\d{5}\s(?-i:[A-ZÄÖÜ])
    | \b(?:tel|telefon|fon|phone|fax|telefax|mobile?|handy|cell|durchwahl|office|direct|[tmfpo])\b
      \.?\s{0,3}:?\s{0,9}[+(]?\d
    | \bHRB\b | ust-?id | geschäftsführ | amtsgericht | registergericht
    """,
    re.IGNORECASE | re.VERBOSE,
)
_FOOTER = re.compile(r"https?:|www\.|mailing list|unsubscribe|abmelden|abbestellen", re.IGNORECASE)
_FOOTER_RULE = re.compile(r"\s*_{10,}\s*")
_AFTERTHOUGHT = re.compile(r"\s*p\.?\s?s\.?\b", re.IGNORECASE)
_SMALL_WORD = re.compile(r"\b[a-zäöüß]{2,}")
_SMALL_WORDS_OF_PROSE = 4
_MOST_LINES = 40
_MOST_LINES_AFTER_RULE = 12
_LINES_OF_NOTICE = 3
_MOST_WORDS_OF_NAME = 5
_LONGEST_CLOSING = 80
_LONGEST_OF_DEVICE = 200
# A legal notice may be a paragraph on one line; nothing that begins a signature is longer.
_LONGEST_MARK = 5_000
# Further up than this no signature begins; blank lines count too.
_LAST_LINES = 100


def is_closing(line: str) -> bool:
    """Tell whether a line is a closing formula and nothing else: `Mit freundlichen Grüßen`, `Kind regards`."""
    return len(line) <= _LONGEST_CLOSING and _CLOSING.fullmatch(line) is not None


def signature_start(lines: Sequence[str]) -> int:
    """Return the index of the first line of the signature; the number of lines when there is none."""
    text_begins = next((index for index, line in enumerate(lines) if line.strip()), len(lines))
    first = max(text_begins + 1, len(lines) - _LAST_LINES)
    end = next((index for index in range(first, len(lines)) if _begins_signature(lines, index)), len(lines))
    return _contact_start(lines[:end], first)


def _begins_signature(lines: Sequence[str], index: int) -> bool:
    line = lines[index]
    if not line.strip() or len(line) > _LONGEST_MARK:
        return False
    below = [one for one in lines[index + 1 :] if one.strip()]
    if _DASHES.fullmatch(line):
        return len(below) <= _MOST_LINES
    if _RULE.fullmatch(line):
        return _is_last_rule(lines, index, below)
    if _is_of_device(line):
        return sum(not _is_of_device(one) for one in below) <= _MOST_LINES_AFTER_RULE
    begins_paragraph = not lines[index - 1].strip() and len(below) <= _MOST_LINES
    return begins_paragraph and _NOTICE.match(" ".join(lines[index : index + _LINES_OF_NOTICE])) is not None


def _is_of_device(line: str) -> bool:
    return len(line) <= _LONGEST_OF_DEVICE and _DEVICE.fullmatch(line) is not None


def _is_last_rule(lines: Sequence[str], index: int, below: Sequence[str]) -> bool:
    """Tell the rule above a footer from one between sections of a text."""
    texts = [line for line in below if not _RULE.fullmatch(line)]
    if not texts:
        return True
    is_footer = _FOOTER_RULE.fullmatch(lines[index]) and any(map(_FOOTER.search, texts))
    is_signed = any(map(is_closing, lines[max(0, index - 6) : index]))
    return len(texts) <= _MOST_LINES_AFTER_RULE and (bool(is_footer) or is_signed)


def _contact_start(lines: Sequence[str], first: int) -> int:
    """Return where contact data begin under the last closing formula and the name."""
    closing = next((index for index in range(len(lines) - 1, first - 1, -1) if is_closing(lines[index])), None)
    if closing is None:
        return len(lines)
    below = _below_name(lines, closing + 1)
    is_contact = any(map(_CONTACT.search, lines[below:])) and not any(map(_is_prose, lines[below:]))
    return below if is_contact else len(lines)


def _below_name(lines: Sequence[str], start: int) -> int:
    """Return the index of the first line under a name of one or two lines, blank lines above it passed over."""
    name = next((index for index in range(start, len(lines)) if lines[index].strip()), len(lines))
    end = name
    while end < min(name + 2, len(lines)) and _is_name(lines[end]):
        end += 1
    return end


def _is_name(line: str) -> bool:
    return 0 < len(line.split()) <= _MOST_WORDS_OF_NAME and not _CONTACT.search(line)


def _is_prose(line: str) -> bool:
    """Tell a sentence: it has words that begin small, and addresses have hardly any."""
    return len(_SMALL_WORD.findall(line)) >= _SMALL_WORDS_OF_PROSE or _AFTERTHOUGHT.match(line) is not None
