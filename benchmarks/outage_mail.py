"""Made mail about an outage, among other mail: what hundreds write within minutes when one thing fails.

A grammar over `outages.toml` writes it: an opening, what fails, details, what hangs on it, a question, a mood, a
closing, in English or German, by writers who are terse or long, calm or loud, who mistype, digress, answer our receipt,
or forward what somebody else wrote. Digressions are sentences of the triage corpus. The others come from the corpus as
well, but for some that were written to be of the outage's kind and not about it, as of one meter that fails.
"""

import random
import re
import tomllib
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from training.corpus import Example, triage_corpus
from triage.labels import Urgency

PHRASES = Path(__file__).parent / "outages.toml"
LANGUAGES = ("en", "de")
NAMES = (
    *("A. Whitcombe", "Jo Okafor", "Maria Lindqvist", "Sam Petrov", "P. Nair", "Thea Brandt", "Uwe Kessler"),
    *("Inge Hartwig", "Ayşe Demir", "Karl-Heinz Pohl", "R. Fontaine", "Lena Vogt", "Tom Ashdown", "Bea Moreau"),
)
PLACES = ("Nordstadt", "Hafenviertel", "Lindenau", "Mill Road", "Old Town", "Westend")
RECEIPT = {
    "en": "Thank you for your message. We answer within two working days.",
    "de": "Vielen Dank für Ihre Nachricht. Wir antworten innerhalb von zwei Werktagen.",
}
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


class FloodMail(NamedTuple):
    """A mail of the flood; `is_outage` tells whether it is about the matter, `is_critical` is of other mail alone."""

    subject: str
    text: str
    language: str
    is_outage: bool
    is_critical: bool = False
    is_near: bool = False


@cache
def phrases() -> dict[str, Any]:
    """Return what the grammar writes with."""
    return tomllib.loads(PHRASES.read_text(encoding="utf-8"))


def outages(part: str) -> list[dict[str, Any]]:
    """Return the outages of a part, `tuning` or `judging`."""
    return [outage for outage in phrases()["outage"] if outage["part"] == part]


def flood(outage: dict[str, Any], *, mails: int, others: int, critical: int, seed: int) -> list[FloodMail]:
    """Return mails about an outage among others, as they arrive; `critical` of the others are, and some near it."""
    draw = random.Random(f"{seed} {outage['name']}")
    arriving = [outage_mail(outage, draw) for _ in range(mails)]
    near = [told for told in phrases()["near"][outage["part"]] if told[0] == outage["name"]]
    arriving += [FloodMail(subject, text, "", is_outage=False, is_near=True) for _, subject, text in near]
    arriving += other_mail(outage, others - len(near), critical, draw)
    draw.shuffle(arriving)
    return arriving


def other_mail(outage: dict[str, Any] | None, mails: int, critical: int, draw: random.Random) -> list[FloodMail]:
    """Return mails of the corpus that speak of no such matter, `critical` of them critical."""
    matter = re.compile(outage["matter"] if outage else "(?!)", re.IGNORECASE)
    pool = [one for one in triage_corpus() if not matter.search(f"{one.subject} {one.body}")]
    pressing = draw.sample([one for one in pool if one.urgency is Urgency.CRITICAL], critical)
    rest = draw.sample([one for one in pool if one.urgency is not Urgency.CRITICAL], mails - critical)
    return [_of_corpus(one) for one in [*pressing, *rest]]


def outage_mail(outage: dict[str, Any], draw: random.Random) -> FloodMail:
    """Return what one writer says of an outage."""
    language = draw.choice(LANGUAGES)
    writer, says = phrases()["writers"][outage["part"]][language], outage[language]
    blanks = {
        "place": draw.choice(PLACES),
        "hour": f"{draw.randrange(6, 23)}:{draw.choice(('00', '15', '30', '40'))}",
        "minutes": str(draw.randrange(5, 90)),
        "count": str(draw.randrange(2, 20)),
        "name": draw.choice(NAMES),
    }
    subject, body = draw.choice(says["subject"]), _body(writer, says, language, draw)
    subject, body = _filled(subject, blanks), _filled(body, blanks)
    if draw.random() < 0.08:
        subject = ""
    elif draw.random() < 0.1:
        subject = f"{'AW' if language == 'de' else 'Re'}: {subject}"
        body += _quoted(RECEIPT[language])
    if draw.random() < 0.08:
        subject, body = f"{'WG' if language == 'de' else 'Fwd'}: {subject}", _forwarded(writer, subject, body, draw)
    return FloodMail(*_typed(subject, body, draw), language, is_outage=True)


def _body(writer: dict[str, Any], says: dict[str, Any], language: str, draw: random.Random) -> str:
    claims = draw.sample(says["claim"], draw.choice((1, 1, 1, 2)))
    told = [*claims, *draw.sample(says["detail"], draw.choice((0, 0, 1, 1, 2, 3)))]
    told += [one for one in draw.sample(says["effect"], draw.choice((0, 1, 1, 2))) if one]
    if draw.random() < 0.3:
        told.append(draw.choice(_digressions(language)))
    if draw.random() < 0.3:
        draw.shuffle(told)
    told += [draw.choice(writer["ask"]), draw.choice(writer["mood"])]
    paragraphs = [draw.choice(writer["opening"]), " ".join(filter(None, told)), draw.choice(writer["closing"])]
    if draw.random() < 0.12:
        paragraphs = [claims[0]]
    return "\n\n".join(filter(None, paragraphs))


@cache
def _digressions(language: str) -> Sequence[str]:
    dull = [one for one in triage_corpus() if one.language == language and one.urgency is Urgency.NORMAL]
    sentences = [sentence for one in dull for sentence in _SENTENCE.split(one.body)]
    return [sentence for sentence in sentences if 5 <= len(sentence.split()) <= 20]


def _quoted(text: str) -> str:
    return f"\n\nOn Mon, 2 Mar 2026 at 09:00, Support <support@example.com> wrote:\n> {text}\n"


def _forwarded(writer: dict[str, Any], subject: str, body: str, draw: random.Random) -> str:
    header = f"From: {draw.choice(NAMES)} <someone@example.org>\nDate: Mon, 2 Mar 2026\nSubject: {subject}"
    return f"{draw.choice(writer['forward'])}\n\n---------- Forwarded message ---------\n{header}\n\n{body}"


def _typed(subject: str, body: str, draw: random.Random) -> tuple[str, str]:
    """Return a mail as its writer types it: with care, in small or capital letters, or with slips."""
    way = draw.random()
    if way < 0.12:
        return subject.lower(), body.lower()
    if way < 0.16:
        return subject.upper(), body.upper()
    if way < 0.4:
        return subject, "".join(_slipped(word, draw) for word in re.split(r"(\s+)", body))
    return subject, body


def _slipped(word: str, draw: random.Random) -> str:
    if len(word) < 4 or draw.random() > 0.1:
        return word
    at = draw.randrange(1, len(word) - 1)
    return draw.choice((word[:at] + word[at + 1 :], word[:at] + word[at + 1] + word[at] + word[at + 2 :]))


def _filled(text: str, blanks: dict[str, str]) -> str:
    for name, value in blanks.items():
        text = text.replace("{" + name + "}", value)
    return text


def _of_corpus(one: Example) -> FloodMail:
    return FloodMail(
        one.subject, one.body, str(one.language), is_outage=False, is_critical=one.urgency is Urgency.CRITICAL
    )
