"""The memories of mailboxes, as this worker reads with them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import structlog
from sqlalchemy.orm import Session

from triage.errors import TransientError
from triage.serving.aided import AidedModel
from triage.serving.protocol import TextModel
from triage.storage import memories
from triage.storage.memories import Fitted

if TYPE_CHECKING:
    from triage.memory.memory import Memory

log = structlog.get_logger(__name__)


class Memories:
    """Holds the memories that were fitted last; a memory is at most some megabytes."""

    def __init__(self) -> None:
        self._held: Mapping[int, tuple[int, Memory | None]] = {}  # mailbox to generation and memory

    def renew(self, session: Session) -> None:
        """Take up what was fitted since; one that cannot be read is done without until the next fit."""
        current = {}
        for mailbox_id, fitted in memories.fitted(session).items():
            held = self._held.get(mailbox_id)
            if held is None or held[0] != fitted.generation:
                held = fitted.generation, _loaded(session, mailbox_id, fitted)
            current[mailbox_id] = held
        self._held = current

    def of(self, mailbox_id: int, version: str) -> "Memory | None":
        """Return what a mailbox taught about the mistakes of a version, if it did."""
        _, memory = self._held.get(mailbox_id, (0, None))
        return memory if memory is not None and memory.heads and memory.model_version == version else None

    def aided(self, mailbox_id: int, model: TextModel) -> TextModel:
        """Return a model with the memory of a mailbox at its side; the model alone where it has none for it."""
        memory = self.of(mailbox_id, model.version)
        return model if memory is None else AidedModel(model, memory)


def _loaded(session: Session, mailbox_id: int, fitted: Fitted) -> "Memory | None":
    # Imported where there is one: of the processes that import this, only workers that read have numpy.
    from triage.learning import stored_memory

    try:
        return stored_memory(session, mailbox_id, fitted)
    except TransientError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever its bytes provoke must not keep mail from being read
        log.error("memory cannot be read", mailbox_id=mailbox_id, error=type(error).__name__)
        return None
