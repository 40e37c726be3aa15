"""Rules of a policy: which mail they fit, and the band that they see to.

A rule fits where everything that it names fits. The highest band that a fitting rule names is a floor under the mail,
whatever the model says of it and whatever other rules fit: nothing that a mail says can take it below. A rule that
forces a band is a lid as well, unless another that fits names a higher one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING

from triage.labels import Band
from triage.ranking.hours import DAYS, Span

if TYPE_CHECKING:
    from triage.ranking.circumstances import Circumstances

LOWEST_FIRST = (Band.LOW, Band.NORMAL, Band.HIGH, Band.CRITICAL)
# Of a text, what words are looked for in: nobody hides what is pressing behind ten pages.
LOOKED_AT = 20_000
_SURE = 0.5  # from this confidence an image is of a class
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Rule:
    """What mail has a band, and which; of what a condition lists one is enough, and an empty condition fits all.

    Attributes:
        name: Told among the reasons; may be empty.
        band: At least this, or exactly this where it is forced.
        senders: Addresses, or domains as `@example.org`, lower case; `*` stands for any characters.
        recipients: The same of whom it was sent to.
        words: Words or phrases of subject and text, folded; `*` at an end stands for the rest of a word.
        topics: What the mail is about, as was said or as the model is sure of.
        findings: Classes of attached images.
        days: Days of the week on which it came, 0 for Monday, and `hours` of these, in the zone of the policy.
    """

    name: str
    band: Band
    is_forced: bool = False
    senders: tuple[str, ...] = ()
    recipients: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    days: frozenset[int] = frozenset()
    hours: Span | None = None

    def fits(self, mail: "Circumstances", topic: str | None, zone: tzinfo) -> bool:
        """Say whether the rule is about a mail; `topic` is what the mail is about as far as that is sure."""
        return (
            (not self.senders or _is_among(mail.sender_address, self.senders))
            and (not self.recipients or any(_is_among(one, self.recipients) for one in mail.recipients))
            and (not self.topics or topic in self.topics)
            and (not self.findings or any(_is_of(one, self.findings) for one in mail.findings))
            and self._came_then(mail, zone)
            and (not self.words or _says(mail, self.words))
        )

    def in_words(self) -> str:
        """Return what the rule says, as a reason tells it."""
        told = [
            (f"from {_either(self.senders)}", self.senders),
            (f"to {_either(self.recipients)}", self.recipients),
            (f"about {_either(self.topics)}", self.topics),
            (f"with {_either([f'“{word}”' for word in self.words])} in it", self.words),
            (f"with an image of {_either(self.findings)}", self.findings),
            (f"that comes on {_either([DAYS[day] for day in sorted(self.days)])}", self.days),
            (f"that comes from {self.hours}", self.hours),
        ]
        what = " ".join(["mail", *(words for words, is_named in told if is_named)])
        whose = f" ({self.name})" if self.name else ""
        return f"a rule of the policy{whose}: {what} is {'' if self.is_forced else 'at least '}{self.band}"

    def _came_then(self, mail: "Circumstances", zone: tzinfo) -> bool:
        if not self.days and self.hours is None:
            return True
        if mail.received_at is None:
            return False
        moment = mail.received_at.astimezone(zone)
        return (not self.days or moment.weekday() in self.days) and (self.hours is None or moment.time() in self.hours)


def span_of(rules: Sequence[Rule]) -> tuple[Band, Band]:
    """Return the lowest and the highest band that mail may have which these rules fit."""
    if not rules:
        return LOWEST_FIRST[0], LOWEST_FIRST[-1]
    lowest = max((rule.band for rule in rules), key=LOWEST_FIRST.index)
    is_lid = any(rule.is_forced and rule.band is lowest for rule in rules)
    return lowest, lowest if is_lid else LOWEST_FIRST[-1]


def folded(text: str) -> str:
    """Return the words of a text in lower case, a space around each."""
    return f" {' '.join(_WORD.findall(text.casefold()))} "


def _says(mail: "Circumstances", words: Sequence[str]) -> bool:
    text = _folded(mail.subject, mail.text[:LOOKED_AT])
    return any(word in text for word in map(_sought, words))


@lru_cache(maxsize=256)  # a mail is ranked, explained and ranked again
def _folded(subject: str, text: str) -> str:
    # Two spaces between subject and text, so that no phrase is found across.
    return folded(subject) + folded(text)


@lru_cache(maxsize=4096)
def _sought(word: str) -> str:
    bare = folded(word.strip("*"))
    return bare[word.startswith("*") : len(bare) - word.endswith("*")]


def _is_of(finding: object, kinds: Sequence[str]) -> bool:
    kind, confidence = getattr(finding, "kind", ""), getattr(finding, "confidence", 0.0)
    return kind in kinds and confidence >= _SURE and not getattr(finding, "is_decoration", False)


def _is_among(address: str, patterns: Sequence[str]) -> bool:
    address = address.lower()
    domain = "@" + address.rpartition("@")[2]
    return any(_matches(pattern, domain if pattern.startswith("@") else address) for pattern in patterns)


def _matches(pattern: str, text: str) -> bool:
    """Say whether a text is as a pattern says, in which `*` stands for any characters; one walk over the text."""
    first, *rest = pattern.split("*")
    if not rest:
        return text == pattern
    *middle, last = rest
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for part in middle:
        found = text.find(part, at, end)
        if found < 0:
            return False
        at = found + len(part)
    return True


def _either(names: Sequence[str]) -> str:
    few = list(names[:3]) if len(names) <= 3 else [*names[:2], f"{len(names) - 2} others"]
    return few[0] if len(few) == 1 else f"{', '.join(few[:-1])} or {few[-1]}" if few else ""
