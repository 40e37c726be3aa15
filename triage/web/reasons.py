"""Why an email stands where it does, in the reader's language, and how much each reason weighs beside the others."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.api.schemas import EmailItem, ReasonItem
from triage.web.language import Language
from triage.web.rule_words import rule_in_words
from triage.web.sentences import in_words

_SHARE = re.compile(r"\((over )?(\d+)\N{NO-BREAK SPACE}%\)")
_LEARNED = re.compile(r": (\d+) of (\d+) mails of (\S*) ")
_BY_PEOPLE = {"you said": "reason.you_said", "a rule says": "reason.a_rule_says"}
# So that what moves an ordinary mail a little does not look like what makes another critical.
_LEAST_SCALE = 0.25
_RECALLED = "as mail like it was labelled here"


@dataclass(frozen=True, slots=True)
class ToldReason:
    """A reason as a page shows it.

    Attributes:
        effect: How far it moved the priority.
        bar: The same for the eye, from -100 to 100; the strongest reason of pressing mail fills it.
    """

    factor: str
    text: str
    effect: float
    bar: int
    phrases: Sequence[str]


def told_reasons(email: EmailItem, language: Language, now: datetime) -> list[ToldReason]:
    """Return the reasons of an email, in their order."""
    scale = max([_LEAST_SCALE, *(abs(reason.effect) for reason in email.reasons)])
    return [
        ToldReason(
            reason.factor,
            reason_text(reason, email, language, now),
            reason.effect,
            round(100 * reason.effect / scale),
            reason.phrases,
        )
        for reason in email.reasons
    ]


def reason_text(reason: ReasonItem, email: EmailItem, language: Language, now: datetime) -> str:
    """Return a reason as a sentence; one that the catalogues do not know stands as it was stored."""
    said_by = next((key for words, key in _BY_PEOPLE.items() if f": {words} " in reason.text), None)
    if said_by is not None:
        value = language.word(_kind(reason.factor), reason.value)
        return language.t(said_by, factor=language.word("factor", reason.factor), value=value)
    if reason.factor == "waiting":
        return language.t("reason.waiting", time=language.duration(now - email.received_at))
    learned = _LEARNED.search(reason.text) if reason.factor == "importance" else None
    if learned is not None and f"reason.learned.{reason.value}" in language.sentences:
        count, of, sender = learned.groups()
        return language.t(f"reason.learned.{reason.value}", count=int(count), of=int(of), sender=sender)
    if reason.factor == "topic":
        text = language.t("reason.topic", topic=language.word("topic", reason.value))
    else:
        text = language.word(f"reason.{reason.factor}", reason.value or "yes")
        if text == (reason.value or "yes"):
            return rule_in_words(reason.text, language) or in_words(reason.text, language)
    return text + _sureness(reason.text, language)


def _sureness(stored: str, language: Language) -> str:
    """Return how sure the model was, and whether what people said of other mail decided."""
    found = _SHARE.search(stored)
    share = language.percent(int(found[2]) / 100) if found else ""
    sure = f" ({language.t('reason.over', share=share) if found[1] else share})" if found else ""
    return sure + (f", {language.t('reason.recalled')}" if _RECALLED in stored else "")


def _kind(factor: str) -> str:
    return "answer" if factor == "action" else factor
