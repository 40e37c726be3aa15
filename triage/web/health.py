"""What a reader of the inbox must know when something is amiss, in one sentence."""

from triage.api.services import Services
from triage.errors import TransientError
from triage.queue.heartbeat import READS, State, living_workers

# Keys of the catalogues.
NO_QUEUE, NO_WORKER, STARTING, NO_MODEL = "inbox.no_queue", "inbox.no_worker", "inbox.starting", "inbox.no_model"


def why_mail_waits(services: Services) -> str | None:
    """Return the key of the sentence that says why nobody reads the mail that waits; `None` when somebody does."""
    try:
        states = [worker.state for worker in living_workers(services.redis) if worker.kind == READS]
    except TransientError:
        return NO_QUEUE
    if State.READY in states:
        return None
    if not states:
        return NO_WORKER
    return STARTING if State.STARTING in states else NO_MODEL
