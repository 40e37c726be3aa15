"""What reads mail, as its callers see it; they need no TensorFlow to name it."""

from collections.abc import Sequence
from typing import Protocol

from triage.mail import MailText
from triage.ranking import Explanation, Reading


class TextModel(Protocol):
    """A loaded model, or whatever else reads texts."""

    @property
    def version(self) -> str:
        """Name of the bundle; equal versions give equal readings."""

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        """Return one reading for each text, in order."""

    def explain(self, texts: Sequence[MailText]) -> list[Explanation]:
        """Return, for each text in order, what its words did; dearer than reading, so asked for what is shown."""


class TextModels(Protocol):
    """Which model reads the mail of which mailbox."""

    def of(self, mailbox_id: int) -> TextModel:
        """Return the model that reads the mail of a mailbox; it is loaded."""
