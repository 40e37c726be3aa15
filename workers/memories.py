"""The memories of mailboxes, as this worker reads with them."""

from collections.abc import Mapping

from sqlalchemy.orm import Session

from triage.learning import stored_memory
from triage.memory.memory import Memory
from triage.serving.aided import AidedModel
from triage.serving.protocol import TextModel
from triage.storage import memories


class Memories:
    """Holds the memories that were fitted last; a memory is some hundred kilobytes."""

    def __init__(self) -> None:
        self._by_mailbox: Mapping[int, Memory] = {}

    def renew(self, session: Session) -> None:
        """Take up what was fitted since."""
        current = {}
        for mailbox_id, fitted in memories.fitted(session).items():
            held = self._by_mailbox.get(mailbox_id)
            if held is None or held.generation != fitted.generation:
                held = stored_memory(session, mailbox_id, fitted)
            if held is not None:
                current[mailbox_id] = held
        self._by_mailbox = current

    def aided(self, mailbox_id: int, model: TextModel) -> TextModel:
        """Return a model with the memory of a mailbox at its side; the model alone where it has none for it."""
        memory = self._by_mailbox.get(mailbox_id)
        if memory is None or not memory.heads or memory.model_version != model.version:
            return model
        return AidedModel(model, memory)

    def newest(self, session: Session, mailbox_id: int, version: str) -> Memory | None:
        """Return the memory of a mailbox for a version as it is in this transaction, also one that learned nothing."""
        self.renew(session)
        memory = self._by_mailbox.get(mailbox_id)
        return memory if memory is not None and memory.model_version == version else None
