"""Our memory, over the frozen representation of the shipped model, as a text worker fits and asks it.

Reading the labelled mail is no part of learning: every email was read when it came, and its representation is stored.
A guess is of the mailbox's own topics alone, and is applied when it is as likely as the product's default asks.
"""

from collections.abc import Sequence
from functools import cache
from importlib.util import find_spec

from benchmarks.learners.learner import Guess
from triage.mail import MailText
from triage.serving.manifest import DEFAULT_BUNDLE
from triage.serving.text import TextModel, load_text_model

APPLIED_FROM = 0.5  # until mailboxes have a threshold


class Memory:
    """The shipped model and a memory of the labels."""

    def __init__(self) -> None:
        self._model = shipped_model()

    def fit(self, mails: Sequence[MailText], topics: Sequence[str]) -> None:
        """Fit the memory to the labelled mail."""
        raise NotImplementedError("the memory is not here yet")

    def predict(self, mails: Sequence[MailText]) -> Sequence[Guess]:
        """Read the mail and ask the memory."""
        raise NotImplementedError("the memory is not here yet")

    def close(self) -> None:
        """Nothing was started."""


@cache
def shipped_model() -> TextModel:
    """Return the model we ship, loaded once."""
    return load_text_model(DEFAULT_BUNDLE)


def is_here() -> bool:
    """Say whether the product has a memory."""
    return find_spec("triage.memory") is not None
