"""The line that mailers put above what they quote: `On … wrote:`, `Am … schrieb …:`.

Prose that looks alike must not match, or what a person wrote would be taken for history: a reply line needs a time,
a year or an address, or quoted lines under it.
"""

import re
from collections.abc import Sequence

_WROTE = (
    r"(?:wrote|writes|schrieb|schreibt|geschrieben|a écrit|écrit|escribió|ha scritto|schreef|geschreven|skrev|escreveu"
    r"|napisał\(a\)|napisała?|написала?|пишет)"
)
# After `wrote` nothing but a colon follows; after `schrieb` the name does, and `schrieb ich` is a person telling.
_REPLY_LINE = re.compile(
    rf"""
    [-–—*\s]*
    (?: (?:On|At|Le|El|Il|Op|Em|Den|Dnia|Dne|W\ dniu)\b .{{4,300}}? \b{_WROTE} \s* (?: :|-{{2,}}) [*\s]*
      | Am\b .{{2,200}}? \bschrieb (?!\s+(?:ich|wir|mir|uns|man|er|sie)\b) \s .{{1,200}} : [*\s]*
      | \d{{1,4}}[-./]\d{{1,2}}[-./]\d{{1,4}}\b .{{0,200}}?
        (?: \b{_WROTE}\s*: | <[^<>]*@[^<>]*>\s*:? | GMT[+-]\d\d:\d\d\s.{{1,80}} )
      | .{{1,150}}? \b
        (?: hat\b .{{0,80}} \bgeschrieben
          | {_WROTE} (?: \s+(?:am|on|le|op|el|den|em)\b .{{3,80}} | \s*\(.{{4,60}}\) )? )
        \s*:
      | (?:Zitat\ von|Quoting|Citando)\s .{{1,150}} :
    ) \s*
    """,
    re.VERBOSE,
)
_MAY_BEGIN = re.compile(
    r"[-–—*\s]*(?:(?:On|Am|At|Le|El|Il|Op|Em|Den|Dnia|Dne|W dniu|Zitat von|Quoting|Citando)\b|\d{1,4}[-./]\d)"
)
_TIME_YEAR_OR_ADDRESS = re.compile(r"@|\d[:.]\d\d\b|\b(?:19|20)\d\d\b")
# Mailers break it; a name and its address may take a line each.
_MOST_LINES = 4
_LONGEST = 600


def is_quoted(line: str) -> bool:
    """Tell whether a line stands behind `>`; `>From` is how a mailbox file writes `From`."""
    sign = line.lstrip()[:6]
    return sign[:1] == ">" and sign != ">From "


def quotes_follow(lines: Sequence[str], start: int) -> bool:
    """Tell whether the next line with text stands behind `>`."""
    return next((is_quoted(lines[index]) for index in range(start, len(lines)) if lines[index].strip()), False)


def reply_line_end(lines: Sequence[str], start: int) -> int | None:
    """Return the index of the first line under a reply line that begins at `start`; `None` when none does."""
    first = lines[start]
    if _MAY_BEGIN.match(first):
        most = _MOST_LINES
    elif "<" in first or "@" in first or first.rstrip().endswith(":"):
        most = 2
    else:
        return None
    joined = ""
    for end in range(start + 1, min(start + most, len(lines)) + 1):
        line = lines[end - 1].strip()
        if not line:
            return None
        joined = " ".join(f"{joined} {line}".split())
        if len(joined) > _LONGEST:
            return None
        if _is_reply_line(joined, lines, end):
            return end
    return None


def _is_reply_line(joined: str, lines: Sequence[str], end: int) -> bool:
    # All end in one of these; to find that no expression fits takes long.
    if not joined.rstrip("* ").endswith((":", "-", ">")) and "GMT" not in joined:
        return False
    is_sure = _TIME_YEAR_OR_ADDRESS.search(joined) is not None
    if _REPLY_LINE.fullmatch(joined):
        return is_sure or quotes_follow(lines, end)
    # In whatever language: a time or an address, a colon, and quoted lines.
    return is_sure and joined.endswith(":") and quotes_follow(lines, end)
