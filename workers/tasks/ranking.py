"""Placing mail by policies that were put in force, in the `text` queue and behind fresh mail."""

from time import monotonic

import structlog

from triage.queue.names import PLACE_BY_POLICY
from triage.reranking import place_some
from workers import boot
from workers.app import app
from workers.tasks.text import drain_mail

log = structlog.get_logger(__name__)


@app.task(name=PLACE_BY_POLICY)
def place_by_policy() -> None:
    """Place mail that another policy placed than the one in force, for a while.

    Safe to repeat: what is to be done is found in the database, and doing it twice changes nothing.
    """
    boot.placing_call().hush()
    until = monotonic() + boot.settings().drain_time_slice.total_seconds()
    for mailbox_id, policy in boot.policy().to_place_by().items():
        while place_some(boot.database(), mailbox_id, policy):
            if boot.mail_stream().length() > 0:
                drain_mail()
            if monotonic() >= until:
                boot.placing_call().make()
                return
