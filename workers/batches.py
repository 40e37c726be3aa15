"""A batch of a stream from its delivery to its acknowledgement, whatever it is of."""

from collections.abc import Callable, Sequence

import structlog

from triage.errors import TransientError
from triage.queue import Batch
from triage.storage.queued import Queued
from workers import boot
from workers.metrics import BATCH, BATCH_SIZE
from workers.origins import at_work_on, in_lines

log = structlog.get_logger(__name__)

# Does the work for all of a batch at once, up to the commit; returns for how many there was something to do.
Together = Callable[[Sequence[int]], int]
# Does it for one that may be at fault, with how often it must have been tried before.
Alone = Callable[[int, int], None]


def finish(batch: Batch, rows: Queued, together: Together, alone: Alone) -> None:
    """Do the work for a batch and acknowledge it after the commit.

    A batch that was delivered before may hold what stopped its worker, so each of it is tried alone; and so is each of
    one that raises.

    Raises:
        TransientError: What the work needs is away; the batch stays pending and is claimed again later.
    """
    BATCH_SIZE.labels(rows.name).observe(len(batch.ids))
    with BATCH.labels(rows.name).time(), at_work_on(batch, rows):
        _finish(batch, rows, together, alone)


def _finish(batch: Batch, rows: Queued, together: Together, alone: Alone) -> None:
    if batch.redelivered:
        _one_by_one(batch, rows, alone)
        return
    try:
        count = together(batch.ids)
    except TransientError:
        raise
    except Exception as error:  # noqa: BLE001 - one is at fault, and the others must not suffer for it
        log.warning("batch failed together", what=rows.name, size=len(batch.ids), error=type(error).__name__)
        _one_by_one(batch, rows, alone)
    else:
        batch.acknowledge()
        first, *others = in_lines(batch, rows)
        log.info("batch done", what=rows.name, size=len(batch.ids), count=count, **first)
        for more in others:
            log.info("batch held more", what=rows.name, **more)


def _one_by_one(batch: Batch, rows: Queued, alone: Alone) -> None:
    """Try each of a batch alone, those first that were tried least."""
    with boot.database().reading() as session:
        attempts = rows.attempts_of(session, batch.ids)
    for single in batch.one_by_one(order=sorted(attempts, key=attempts.__getitem__)):
        with at_work_on(single, rows):
            alone(single.ids[0], 1 if batch.redelivered else 0)
            single.acknowledge()
            log.info("tried alone", what=rows.name)
