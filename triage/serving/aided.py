"""A model with the memory of a mailbox at its side."""

from collections.abc import Sequence

from triage.mail import MailText
from triage.memory.memory import Memory
from triage.ranking import Explanation, Reading
from triage.serving.protocol import TextModel


class AidedModel:
    """Reads mail as a model does, and corrects it by what the mailbox taught."""

    def __init__(self, model: TextModel, memory: Memory) -> None:
        self._model, self._memory = model, memory

    @property
    def version(self) -> str:
        """Name of the model; what the model alone reads is kept beside what memory made of it."""
        return self._model.version

    def read(self, texts: Sequence[MailText]) -> list[Reading]:
        """Return one reading for each text, in order."""
        return self._memory.recall(self._model.read(texts))

    def explain(self, texts: Sequence[MailText]) -> list[Explanation]:
        """Return what the words of each text did to the model."""
        return self._model.explain(texts)
