"""What the newest writer wrote, apart from the history and the signature under it.

Mail is answered on top, below or between the lines, and sometimes only handed on. Lines behind `>` are history, and
so is everything under a copied header or a separator. Two rules stand above that: who hands a mail on with no more
than a hint wants the mail itself to be read, and a mail that has text never comes out empty.
"""

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from triage.mail import bounds
from triage.mail.copied_headers import lines_above
from triage.mail.hints import is_forward, is_hint
from triage.mail.history_marks import Kind, Mark, mark_at
from triage.mail.legible import legible_text
from triage.mail.reply_lines import is_quoted, quotes_follow
from triage.mail.signatures import signature_start

_DEEPEST = 10
# A line as long as this may have been broken by a mailer, and the few lines under it without `>` are its end.
_BROKEN_AT, _BROKEN_LINES = 60, 3
_ENDS_SENTENCE = re.compile(r"""[.?!:…)>"'“”»]\s*$""")
# A thumb or a question mark is an answer; rules and dots are not.
_SAYS_SOMETHING = re.compile(r"[^\s\-–—_=*~#+|>.,]")
_QUOTE_SIGN = re.compile(r"^\s*> ?")
_BLANK_LINES = re.compile(r"\n(?:[^\S\n]*\n){2,}")


class _Split(NamedTuple):
    own: list[str]
    rest: list[str]


def own_text(text: str, *, subject: str = "") -> tuple[str, str]:
    """Return the newest writer's own words, and what is left out of them: signature and history, in order.

    Args:
        text: A mail as plain text; its beginning counts where it is endless.
        subject: Tells a mail that is handed on from one that is answered, where the text alone does not.
    """
    lines = legible_text(text[: bounds.MAX_READ_CHARS]).split("\n", bounds.MAX_READ_LINES)[: bounds.MAX_READ_LINES]
    split = _split(lines, handed_on=is_forward(subject))
    return _joined(split.own), _joined(split.rest)


def _split(lines: Sequence[str], *, handed_on: bool, depth: int = 0) -> _Split:
    own_indexes, mark = _own_indexes(lines)
    own = [lines[index] for index in own_indexes]
    rest = _without(lines, own_indexes)
    if not _needs_history(own, lines, mark, handed_on=handed_on):
        return _Split(own, rest)
    if depth == _DEEPEST:
        return _Split(list(lines), [])
    if mark:
        below = _split(lines[mark.end :], handed_on=False, depth=depth + 1)
        if _has_words(below.own):
            above = _without(lines[: mark.end], own_indexes)
            return _Split([*own, "", *below.own], [*above, *below.rest])
    elif any(map(is_quoted, lines)):
        return _split([_QUOTE_SIGN.sub("", line) for line in lines], handed_on=handed_on, depth=depth + 1)
    return _Split(own, rest) if _has_words(own) else _Split(list(lines), [])


def _needs_history(own: Sequence[str], lines: Sequence[str], mark: Mark | None, *, handed_on: bool) -> bool:
    """Tell whether the writer's own words are none, or a hint in a mail that is handed on."""
    if not _has_words(own):
        return True
    if not is_hint("\n".join(own)):
        return False
    if mark:
        return handed_on or mark.kind is Kind.FORWARD
    first_quoted = next((index for index, line in enumerate(lines) if is_quoted(line)), None)
    if first_quoted is None:
        return False
    quoted_mark = mark_at([_QUOTE_SIGN.sub("", lines[first_quoted])], 0)
    return handed_on or (quoted_mark is not None and quoted_mark.kind is Kind.FORWARD)


def _own_indexes(lines: Sequence[str]) -> tuple[list[int], Mark | None]:
    """Return the indexes of the lines that are neither history nor signature, and the mark that ends them."""
    own, mark = _lines_above_history(lines)
    if mark and mark.kind is Kind.HEADER:
        del own[lines_above(lines, own) :]
    if len(own) < (mark.start if mark else len(lines)):
        own = [index for index in own if not _is_end_of_quoted(lines, index)]
    return own[: signature_start([lines[index] for index in own])], mark


def _lines_above_history(lines: Sequence[str]) -> tuple[list[int], Mark | None]:
    own: list[int] = []
    has_words = False
    index = 0
    while index < len(lines):
        line = lines[index]
        mark = None if _is_blank_or_quoted(line) else mark_at(lines, index)
        if mark and mark.kind is Kind.REPLY and (not has_words or quotes_follow(lines, mark.end)):
            # A reply line above quoted lines, or above everything: the writer's words stand below it.
            index = mark.end
            continue
        if mark:
            return own, mark
        if not is_quoted(line):
            own.append(index)
            has_words = has_words or _SAYS_SOMETHING.search(line) is not None
        index += 1
    return own, None


def _is_blank_or_quoted(line: str) -> bool:
    return not line.strip() or is_quoted(line)


def _is_end_of_quoted(lines: Sequence[str], index: int) -> bool:
    """Tell the end of a quoted line that a mailer broke and left without `>`; nobody answers in mid-sentence."""
    if not lines[index].strip():
        return False
    above = index - 1
    while above >= max(0, index - _BROKEN_LINES) and not _is_blank_or_quoted(lines[above]):
        above -= 1
    if above < 0 or len(lines[above]) < _BROKEN_AT or not is_quoted(lines[above]):
        return False
    below = index + 1
    while below < min(len(lines), index + _BROKEN_LINES) and not _is_blank_or_quoted(lines[below]):
        below += 1
    return (below < len(lines) and is_quoted(lines[below])) or not _ENDS_SENTENCE.search(lines[above])


def _without(lines: Sequence[str], own: Iterable[int]) -> list[str]:
    left_out = set(range(len(lines))).difference(own)
    return [lines[index] for index in sorted(left_out)]


def _has_words(lines: Iterable[str]) -> bool:
    return any(map(_SAYS_SOMETHING.search, lines))


def _joined(lines: Sequence[str]) -> str:
    return _BLANK_LINES.sub("\n\n", "\n".join(line.rstrip() for line in lines)).strip("\n")
