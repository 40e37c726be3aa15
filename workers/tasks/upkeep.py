"""The `upkeep` queue: what keeps the house in order, sent by beat."""

from datetime import UTC, datetime

import structlog

from triage import retention, targets
from triage.handle import wake
from triage.importance import weigh
from triage.queue.names import (
    BEGIN_READING_AGAIN,
    COUNT_ARRIVALS,
    NOTE_BREACHES,
    PURGE,
    RECONCILE,
    RING_DOORBELL,
    WAKE,
    WEIGH,
)
from triage.reconcile import reconcile as put_back
from triage.storage import answers, arrivals, queued
from workers import boot
from workers.app import app

log = structlog.get_logger(__name__)


@app.task(name=RING_DOORBELL)
def ring_doorbell() -> None:
    """See that a drain is on its way, and somebody to images that wait. Safe to repeat: at most one call waits."""
    boot.doorbell().ring()
    if boot.image_stream().length():
        boot.image_doorbell().ring()


@app.task(name=RECONCILE)
def reconcile() -> None:
    """Enqueue emails and images again that Redis lost. Safe to repeat: it finds only what is not in the stream."""
    lanes = (
        (boot.mail_stream(), boot.doorbell(), queued.EMAILS),
        (boot.image_stream(), boot.image_doorbell(), queued.IMAGES),
    )
    for stream, doorbell, backlog in lanes:
        put_back(
            boot.database(),
            stream,
            doorbell,
            backlog=backlog,
            older_than=boot.settings().reconcile_after,
            now=datetime.now(UTC),
        )


@app.task(name=WAKE)
def wake_mail() -> None:
    """Put mail back into the inbox that was put off until now. Safe to repeat: it finds only what still sleeps."""
    woken = wake(boot.database(), datetime.now(UTC))
    if woken:
        log.info("emails woke", count=woken)


@app.task(name=NOTE_BREACHES)
def note_breaches() -> None:
    """Note which mail should have been answered by now. Safe to repeat: each is noted once."""
    targets.note_breaches(boot.database(), datetime.now(UTC))


@app.task(name=WEIGH)
def weigh_treatments() -> None:
    """Learn how important senders are from what people did. Safe to repeat: what is weighed again counts once."""
    weigh(boot.database())


@app.task(name=BEGIN_READING_AGAIN)
def begin_reading_again() -> None:
    """See that mail is read again if anything is left. Safe to repeat: one turn at a time counts."""
    boot.reading_again().begin()


@app.task(name=COUNT_ARRIVALS)
def count_arrivals() -> None:
    """Count how much mail each mailbox received. Safe to repeat: what was counted is counted anew."""
    with boot.database().unit_of_work() as session:
        arrivals.count_arrivals(session, datetime.now(UTC))


@app.task(name=PURGE)
def purge() -> None:
    """Let go of mail, and of answers, whose time is over. Safe to repeat: what is gone is not found again."""
    told = boot.settings()
    default = retention.Periods(told.keep_raw_days, told.keep_text_days, told.keep_mail_days)
    purged = retention.purge(boot.database(), default, datetime.now(UTC))
    if purged:
        log.info("mail purged", raw=purged.raw, text=purged.text, all=purged.all, images=purged.images)
    with boot.database().unit_of_work() as session:
        answers.forget_old(session, datetime.now(UTC))
