"""Accepting an image that is posted on its own: stored once for each mailbox, then put into the image stream."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

import structlog

from triage.errors import QueueUnavailable
from triage.intake.images import image_columns, image_type
from triage.queue import Inlet
from triage.storage import images
from triage.storage.emails import QUEUED
from triage.storage.mailboxes import ensure_mailbox
from triage.storage.session import Database

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class ImageReceipt:
    """An image that is stored; `duplicate` says that the mailbox held the same bytes already."""

    image_id: int
    state: str
    duplicate: bool


def accept_image(database: Database, inlet: Inlet, data: bytes, *, mailbox: str, now: datetime) -> ImageReceipt:
    """Store an image unless the mailbox holds the same bytes, and enqueue it. When this returns, it is on disk.

    Raises:
        StorageUnavailable: The database does not answer; nothing was accepted.
    """
    receipt = _store(database, data, mailbox, now)
    if receipt.duplicate:
        return receipt
    try:
        inlet.put([receipt.image_id])
    except QueueUnavailable as error:
        # The image is accepted all the same: the reconciler enqueues it once Redis is back.
        log.warning("image stored but not enqueued", image_id=receipt.image_id, error=str(error))
    return receipt


def _store(database: Database, data: bytes, mailbox: str, now: datetime) -> ImageReceipt:
    digest = hashlib.sha256(data).digest()
    while True:
        with database.unit_of_work() as session:
            mailbox_id = ensure_mailbox(session, mailbox, now)
            held = images.posted(session, mailbox_id, digest)
            if held is not None:
                return ImageReceipt(*held, duplicate=True)
            row = {**image_columns(data, mailbox_id, now), "content_type": image_type(data), "filename": ""}
            stored = images.insert_posted(session, row, data)
            if stored is not None:
                return ImageReceipt(stored, QUEUED, duplicate=False)
        # Somebody else stored the same at this moment: now it is there to be found.
