"""Sends to webhooks in threads beside the tasks: a receiver that takes its time keeps no mail waiting.

A task only says that it is time to look. Each webhook is sent to in a thread of its own, so that a slow one holds up no
other; the threads die with the process, and what they had in hand is sent again by whoever looks next.
"""

from collections.abc import Callable
from threading import Lock, Thread

import structlog

from triage.actor import set_actor
from triage.errors import TransientError
from triage.webhooks.sending import Sender

log = structlog.get_logger(__name__)


class Messengers:
    """The threads of this process that send."""

    def __init__(self, sender: Sender, is_stopping: Callable[[], bool]) -> None:
        self._sender, self._is_stopping = sender, is_stopping
        self._at_work: dict[int, Thread] = {}
        self._lock = Lock()

    def look(self) -> None:
        """See that somebody sends to each webhook that an event is due for.

        Raises:
            TransientError: The database does not answer.
        """
        for webhook_id in self._sender.to_tell():
            with self._lock:
                before = self._at_work.get(webhook_id)
                if before is None or not before.is_alive():
                    self._at_work[webhook_id] = self._begun(webhook_id)

    def wait(self) -> None:
        """Wait until nobody is at work."""
        for thread in list(self._at_work.values()):
            thread.join()

    def _begun(self, webhook_id: int) -> Thread:
        thread = Thread(target=self._send, args=(webhook_id,), name=f"webhook {webhook_id}", daemon=True)
        thread.start()
        return thread

    def _send(self, webhook_id: int) -> None:
        set_actor("system:webhooks")
        try:
            self._sender.send(webhook_id, is_stopping=self._is_stopping)
        except TransientError as error:
            log.info("webhook not told", webhook_id=webhook_id, error=str(error))
        except Exception:
            log.exception("telling a webhook failed", webhook_id=webhook_id)
