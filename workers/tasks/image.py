"""The `image` queue: whatever needs the image model."""

from collections.abc import Sequence
from datetime import UTC, datetime
from threading import Lock

import structlog

from triage.errors import QueueFull
from triage.queue import Batch
from triage.queue.names import RECOGNIZE_IMAGES
from triage.storage import queued
from workers import boot
from workers.app import app
from workers.batches import finish

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
    """Give the images of a batch their findings.

    Raises:
        TransientError: The database, Redis or the decoder is away; the batch stays pending and is claimed again later.
    """
    # Imported here for the processes that know tasks by name and run none: they have no numpy.
    from triage.recognize import recognize, recognize_alone

    model = boot.image_reader().current()
    decoder = boot.image_decoder(model.manifest.side, model.manifest.fit)

    def together(image_ids: Sequence[int]) -> int:
        return recognize(boot.database(), image_ids, model, decoder, boot.policy(), datetime.now(UTC))

    def alone(image_id: int, attempts_before: int) -> None:
        recognize_alone(
            boot.database(),
            image_id,
            model,
            decoder,
            boot.policy(),
            attempts_before=attempts_before,
            max_attempts=boot.settings().max_attempts,
            now=datetime.now(UTC),
        )

    finish(batch, queued.IMAGES, together, alone)


def _call_for_more() -> None:
    """There is more than a batch: let another worker help, or this one come back."""
    try:
        boot.image_doorbell().ring()
    except QueueFull:
        # Not a reason to leave this batch: recognising is what makes room.
        log.info("nobody called to help, Redis is full")
