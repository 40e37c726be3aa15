"""A model with the memory of a mailbox at its side."""

from collections.abc import Sequence
from typing import Protocol

import structlog

from triage.mail import MailText
from triage.ranking import Explanation, Reading
from triage.serving.protocol import TextModel

log = structlog.get_logger(__name__)


class Recalls(Protocol):
    """A memory, as this module sees it; it needs no numpy to name it."""

    def recall(self, readings: Sequence[Reading]) -> list[Reading]:
        """Return readings corrected by what was learned, in order."""


class AidedModel:
    """Reads mail as a model does, and corrects it by what the mailbox taught."""

    def __init__(self, model: TextModel, memory: Recalls) -> None:
        self._model, self._memory = model, memory

    @property
    def version(self) -> str:
        """Name of the model; what the model alone reads is kept beside what memory made of it."""
        return self._model.version

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        """Return one reading for each text, in order."""
        alone = self._model.read(texts)
        try:
            return self._memory.recall(alone)
        except Exception as error:  # noqa: BLE001 - whatever a memory provokes must not keep mail from being read
            log.error("mail is read without memory", version=self.version, error=type(error).__name__)
            return alone

    def explain(self, texts: Sequence[MailText]) -> list[Explanation]:
        """Return what the words of each text did to the model."""
        return self._model.explain(texts)
