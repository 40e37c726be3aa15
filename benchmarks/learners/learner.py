"""What every contender can do."""

from collections.abc import Sequence
from typing import NamedTuple, Protocol

from triage.mail import MailText


class Guess(NamedTuple):
    """The likeliest topic of a mail.

    Attributes:
        confidence: How likely it says that this is.
        applied: It would be applied, and not only suggested.
    """

    topic: str
    confidence: float
    applied: bool = True


class Learner(Protocol):
    """Learns topics from labelled mail; fitted anew whenever there are more labels."""

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Learn from labelled mail, and forget all before."""

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Return a guess for each mail, one of the topics that were learned."""

    def close(self) -> None:
        """End what was started for it."""


def as_text(mails: Sequence[MailText]) -> list[str]:
    """Return each mail as one text, for learners that know no subject."""
    return [f"{mail.subject}\n{mail.body}".strip() for mail in mails]
