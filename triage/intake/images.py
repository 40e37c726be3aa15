"""Which bytes are images to us, and the rows that the images of an email become."""

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from triage.images.formats import format_of
from triage.intake.storable import storable
from triage.mail import Attachment, Message
from triage.storage.emails import QUEUED

# Of one email; those that follow are attachments like any other. A newsletter may have a hundred.
MOST_IMAGES = 20
LONGEST_NAME = 500
_CONTENT_TYPES = frozenset(
    f"image/{name}" for name in ("jpeg", "jpg", "pjpeg", "png", "x-png", "gif", "webp", "bmp", "x-ms-bmp", "tiff")
)
_UNKNOWN = "application/octet-stream"
_ENDINGS = (".jpg", ".jpeg", ".png", ".gif", ".webp", ".bmp", ".tif", ".tiff")


def image_type(data: bytes) -> str:
    """Return the content type of an image by how its bytes begin; empty when they are no image that we read."""
    name = format_of(data)
    return "" if name is None else f"image/{name.lower()}"


def is_image(attachment: Attachment) -> bool:
    """Say whether an attachment is called an image of a kind that we read; whether it is one, decoding tells."""
    by_name = attachment.content_type == _UNKNOWN and attachment.filename.lower().endswith(_ENDINGS)
    return attachment.content_type in _CONTENT_TYPES or by_name


def images_of(message: Message, mailbox_id: int, email_id: int, now: datetime) -> list[dict[str, Any]]:
    """Return the rows of the first images that a stored email carries."""
    found = [part for part in message.attachments if is_image(part)]
    return [
        {
            **image_columns(part.content, mailbox_id, now),
            "email_id": email_id,
            "position": part.position,
            "content_type": storable(part.content_type)[:255],
            "filename": storable(part.filename)[:LONGEST_NAME],
        }
        for part in found[:MOST_IMAGES]
    ]


def image_columns(data: bytes, mailbox_id: int, now: datetime) -> Mapping[str, Any]:
    """Return what is stored of every image that waits to be recognised."""
    return {
        "mailbox_id": mailbox_id,
        "digest": hashlib.sha256(data).digest(),
        "size_bytes": len(data),
        "state": QUEUED,
        "stored_at": now,
        "enqueued_at": now,
        "attempts": 0,
    }
