"""The `text` queue: whatever needs the text model."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from threading import Lock

import structlog

from triage import predict
from triage.classify import classify, classify_alone
from triage.errors import QueueFull, TransientError
from triage.mail import MailText
from triage.queue import Batch, connect
from triage.queue.names import DRAIN_MAIL, READ_AGAIN, READ_TEXTS
from triage.queue.shadows import ShadowMarks
from triage.storage import queued
from workers import boot
from workers.again import Again
from workers.app import app
from workers.batches import finish
from workers.incidents import Grouper
from workers.shadowing import Shadows

log = structlog.get_logger(__name__)

# A model reads for one thread at a time; besides that of the tasks there is the one that goes round.
reading = Lock()


@app.task(name=DRAIN_MAIL)
def drain_mail() -> None:
    """Give every email waiting in the mail stream its verdict, batch by batch, until it is empty.

    Safe to repeat: entries stay pending until acknowledged, and a verdict is keyed by email and model version.
    """
    with reading:
        boot.models().renew()  # before any entry is taken: without a model they wait where another worker finds them
        boot.doorbell().hush()
        for batch in boot.mail_stream().batches(up_to=boot.settings().drain_time_slice):
            if len(batch.ids) == boot.settings().drain_batch_size:
                _call_for_more()
            read(batch)
            shadows().note(batch.ids)
            grouper().note(batch.ids)
        grouper().group()
        let_candidates_read()


def let_candidates_read() -> None:
    """Let candidates read beside the active versions; every email has been acknowledged, and none waits."""
    try:
        shadows().read(up_to=boot.settings().drain_time_slice)
    except TransientError as error:
        # Not a reason to call the drain again: it has done its work.
        log.info("candidates did not read", error=str(error))


def _call_for_more() -> None:
    """There is more than a batch: let another worker help, or this one come back."""
    try:
        boot.doorbell().ring()
    except QueueFull:
        # Not a reason to leave this batch: reading is what makes room.
        log.info("nobody called to help, Redis is full")


def read(batch: Batch) -> None:
    """Give the emails of a batch their verdicts.

    Raises:
        TransientError: The database or Redis is away; the batch stays pending and is claimed again later.
    """
    finish(batch, queued.EMAILS, _read_together, _read_alone)


def _read_together(email_ids: Sequence[int]) -> int:
    count = 0
    for part, models in boot.models().parts_of(email_ids):
        with boot.database().unit_of_work() as session:
            count += classify(session, part, models, boot.policy(), datetime.now(UTC))
    return count


def _read_alone(email_id: int, attempts_before: int) -> None:
    classify_alone(
        boot.database(),
        email_id,
        boot.models().for_email(email_id),
        boot.policy(),
        attempts_before=attempts_before,
        max_attempts=boot.settings().max_attempts,
        now=datetime.now(UTC),
    )


@app.task(name=READ_AGAIN)
def read_again(turn: str) -> None:
    """Read mail again that the active versions of its mailboxes have not read, for a while, behind all fresh mail.

    Safe to repeat: a turn counts once, and what is left to do is found in the database.
    """
    notes = boot.reading_again()
    if not notes.is_mine(turn):
        return
    is_left = again().go_on(turn, boot.settings().drain_time_slice)
    if not notes.is_mine(turn):
        return
    try:
        notes.pass_on() if is_left else notes.end()
    except QueueFull:
        log.info("the turn to read again is not passed on, Redis is full")


@cache
def again() -> Again:
    """Return what reads mail again in this process."""
    return Again(
        boot.database(),
        boot.models(),
        boot.reading_again(),
        connect(boot.settings().redis_url),
        boot.mail_stream(),
        boot.policy,
        drain=drain_mail,
        reading=reading,
    )


@cache
def grouper() -> Grouper:
    """Return what groups mail in this process."""
    return Grouper(boot.database())


@cache
def shadows() -> Shadows:
    """Return what lets candidates read in this process."""
    client = connect(boot.settings().redis_url)
    return Shadows(
        boot.database(),
        boot.models(),
        ShadowMarks(client),
        client,
        boot.worker_name(),
        may_go_on=lambda: boot.mail_stream().length() == 0,
    )


@app.task(name=READ_TEXTS)
def read_texts(sealed: str, answer_to: str) -> None:
    """Read texts for somebody who waits; nothing is stored. Safe to repeat: a second answer expires unread."""
    texts = boot.predictions().texts(sealed)
    with reading:
        readings = predict.predict([MailText(**text) for text in texts], boot.text_model(), boot.policies().default)
    boot.predictions().answer(answer_to, readings)
