"""The `image` queue: whatever needs the image model."""

from datetime import UTC, datetime
from threading import Lock

import structlog

from triage.errors import QueueFull, TransientError
from triage.queue import Batch
from triage.queue.names import RECOGNIZE_IMAGES
from triage.storage import queued
from workers import boot
from workers.app import app

log = structlog.get_logger(__name__)

# A model recognises for one thread at a time; besides that of the tasks there is the one that goes round.
recognizing = Lock()


@app.task(name=RECOGNIZE_IMAGES)
def recognize_images() -> None:
    """Give every image waiting in the image stream its finding, batch by batch, until it is empty.

    Safe to repeat: entries stay pending until acknowledged, and a finding is keyed by image and model version.
    """
    with recognizing:
        if not boot.image_stream().length():
            boot.image_doorbell().hush()
            return  # nothing to load a model for
        boot.image_reader().renew()  # before any entry is taken: without a model they wait where others find them
        boot.image_doorbell().hush()
        for batch in boot.image_stream().batches(up_to=boot.settings().drain_time_slice):
            if len(batch.ids) == boot.settings().image_batch_size:
                _call_for_more()
            recognize(batch)


def recognize(batch: Batch) -> None:
    """Recognise one batch and acknowledge it after the commit.

    Raises:
        TransientError: The database, Redis or the decoder is away; the batch stays pending and is claimed again later.
    """
    # Imported here for the processes that know tasks by name and run none: they have no numpy.
    from triage.recognize import recognize

    if batch.redelivered:
        recognize_one_by_one(batch)
        return
    model = boot.image_reader().current()
    decoder = boot.image_decoder(model.manifest.side, model.manifest.fit)
    try:
        count = recognize(boot.database(), batch.ids, model, decoder, boot.policy(), datetime.now(UTC))
    except TransientError:
        raise
    except Exception as error:  # noqa: BLE001 - one image is at fault, and the others must not suffer for it
        log.warning("images could not be recognised together", size=len(batch.ids), error=type(error).__name__)
        recognize_one_by_one(batch)
    else:
        batch.acknowledge()
        log.info("images recognised", count=count)


def recognize_one_by_one(batch: Batch) -> None:
    """Recognise each image of a batch alone, those first that were tried least.

    Raises:
        TransientError: As in `recognize`.
    """
    from triage.recognize import recognize_alone

    with boot.database().reading() as session:
        attempts = queued.IMAGES.attempts_of(session, batch.ids)
    model = boot.image_reader().current()
    for single in batch.one_by_one(order=sorted(attempts, key=attempts.__getitem__)):
        recognize_alone(
            boot.database(),
            single.ids[0],
            model,
            boot.image_decoder(model.manifest.side, model.manifest.fit),
            boot.policy(),
            attempts_before=1 if batch.redelivered else 0,
            max_attempts=boot.settings().max_attempts,
            now=datetime.now(UTC),
        )
        single.acknowledge()


def _call_for_more() -> None:
    """There is more than a batch: let another worker help, or this one come back."""
    try:
        boot.image_doorbell().ring()
    except QueueFull:
        # Not a reason to leave this batch: recognising is what makes room.
        log.info("nobody called to help, Redis is full")
