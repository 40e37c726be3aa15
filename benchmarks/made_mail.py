"""Mail for measuring speed: as long as real mail, in words that people use, and never twice the same.

A body is one mail of the triage corpus followed by sentences of others with the same labels, so that words are as
frequent as in the corpus and the model is as sure of them as it is of a mail. The length is drawn from a normal
distribution. The shares of topics and urgencies are the corpus's: a third of it is pressing, which is more than most
inboxes have, and pressing mail is the dearest, for its reasons are worked out too.
"""

import json
import random
import re
from collections import defaultdict
from collections.abc import Iterator
from email.message import EmailMessage
from email.policy import SMTP
from typing import NamedTuple

from training.corpus import Example, triage_corpus

WORDS, SPREAD, FEWEST_WORDS = 150, 40, 30
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


class MadeMail(NamedTuple):
    """One mail; `number` tells it from all others of the run."""

    number: int
    sender: str
    subject: str
    text: str

    def as_json(self) -> bytes:
        """Return it as one line for `/v1/emails/bulk`, without the end of line."""
        fields = {"from": self.sender, "to": ["support@example.com"], "subject": self.subject, "text": self.text}
        return json.dumps(fields | {"message_id": self.message_id}).encode()

    def as_rfc822(self) -> bytes:
        """Return it as mail programs send it: text beside HTML, and the headers that servers add on the way."""
        message = EmailMessage(policy=SMTP)
        message["Received"] = "from mx.example.net by mail.example.com; Mon, 02 Mar 2026 10:00:00 +0000"
        message["From"], message["To"], message["Subject"] = self.sender, "support@example.com", self.subject
        message["Date"], message["Message-ID"] = "Mon, 02 Mar 2026 10:00:00 +0000", self.message_id
        message.set_content(self.text)
        paragraphs = "".join(f"<p>{line}</p>" for line in self.text.split("\n"))
        message.add_alternative(f"<html><body>{paragraphs}</body></html>", subtype="html")
        return message.as_bytes()

    @property
    def message_id(self) -> str:
        """Its Message-ID."""
        return f"<{self.number}.made@example.org>"


def made_mail(seed: int, *, start: int = 0) -> Iterator[MadeMail]:
    """Yield mail without end; the same seed and start yield the same mail."""
    corpus = triage_corpus()
    alike: dict[tuple[object, ...], list[str]] = defaultdict(list)
    for example in corpus:
        alike[_labels(example)] += [one for one in _SENTENCE.split(example.body) if len(one.split()) > 2]
    draw = random.Random(f"{seed} {start}")
    number = start
    while True:
        example = draw.choice(corpus)
        length = max(FEWEST_WORDS, round(draw.gauss(WORDS, SPREAD)))
        yield MadeMail(number, _sender(draw), example.subject, _body(example, alike[_labels(example)], length, draw))
        number += 1


def _body(example: Example, sentences: list[str], length: int, draw: random.Random) -> str:
    parts, words = [example.body], len(example.body.split())
    # One sentence at least, so that a long mail drawn twice differs too.
    while len(parts) == 1 or words < length:
        parts.append(draw.choice(sentences))
        words += len(parts[-1].split())
    first, *others = parts
    return "\n".join([first, " ".join(others)])


def _sender(draw: random.Random) -> str:
    customer = draw.randrange(10_000)
    return f"Customer {customer} <customer-{customer}@example.org>"


def _labels(example: Example) -> tuple[object, ...]:
    return example.language, example.topic, example.urgency, example.sentiment
