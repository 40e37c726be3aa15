"""Telling webhooks, in the `upkeep` queue."""

from datetime import UTC, datetime

from triage.queue.names import FORGET_SENT, TELL_WEBHOOKS
from triage.webhooks.forgetting import forget_sent as forget
from workers import boot
from workers.app import app


@app.task(name=TELL_WEBHOOKS)
def tell_webhooks() -> None:
    """See that events are sent that are due. Safe to repeat: one process at a time sends to a webhook."""
    boot.messengers().look()


@app.task(name=FORGET_SENT)
def forget_sent() -> None:
    """Forget events that were sent long ago. Safe to repeat: it finds only what is there."""
    forget(boot.database(), datetime.now(UTC))
