"""Mail that is handed on with next to no words: what it says is below."""

import re

from triage.mail.signatures import is_closing

# `Please take this over, the customer has called twice` still is a hint.
LONGEST_HINT_WORDS = 12
_LONGEST_HINT_CHARS = 500
_FORWARDING_SUBJECT = re.compile(r"\s*(?:\[[^\]]{0,40}\]\s*)?(?:fwd?|wg|wtr|rv|enc)\s*:", re.IGNORECASE)
_GREETING = re.compile(
    r"\s*(?:hallo|hi|hey|hello|dear|moin|servus|liebe[rs]?|sehr geehrte[rs]?|gr(?:üß|uess)\w*|team"
    r"|guten (?:tag|morgen|abend)|good (?:morning|afternoon|evening))\b[^.?!]{0,60}",
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+")


def is_forward(subject: str) -> bool:
    """Tell whether a subject begins as that of a mail that is handed on: `WG:`, `Fwd:`."""
    return _FORWARDING_SUBJECT.match(subject) is not None


def is_hint(own: str) -> bool:
    """Tell whether words are so few, greeting and closing formula aside, that they only point to something else."""
    if len(own) > _LONGEST_HINT_CHARS:
        return False
    texts = [line for line in own.split("\n") if line.strip()]
    if texts and _GREETING.fullmatch(texts[0]):
        texts = texts[1:]
    closing = next((index for index, line in enumerate(texts) if is_closing(line)), len(texts))
    return sum(len(_WORD.findall(line)) for line in texts[:closing]) <= LONGEST_HINT_WORDS
