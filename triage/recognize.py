"""Images to findings, and what these change of the emails that they came with.

An image that cannot be decoded is read as well: that is its finding, and trying again would give the same. Nothing is
locked, and no transaction is open, while images are decoded and recognised.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import groupby
from typing import Any

import numpy as np
import structlog
from sqlalchemy.orm import Session

from triage.attempts import Trial
from triage.errors import EmailNotFound, InvalidImage, InvalidSubmission, MalformedMessage
from triage.feedback.placing import move_as_said
from triage.images.decoded import Decoded
from triage.images.decoration import is_decoration
from triage.intake import stored_message
from triage.ranking import Policies, rounded
from triage.serving.protocol import ImageDecoder, ImageModel
from triage.storage import emails, images, queued
from triage.storage.images import WaitingImage
from triage.storage.session import Database

log = structlog.get_logger(__name__)

STAGE = "recognize"
_NO_ATTACHMENT = InvalidImage("its email has no such attachment any more, as this release reads it")

# An image, and what decoding it gave.
Tried = tuple[WaitingImage, Decoded | InvalidImage]


def recognize(
    database: Database,
    image_ids: Sequence[int],
    model: ImageModel,
    decoder: ImageDecoder,
    policy: Policies,
    now: datetime,
) -> int:
    """Give images that wait their finding, and their emails the place this leads to; return how many got one.

    Safe to repeat: one that has been recognised, set aside or deleted meanwhile is passed over, and a finding is keyed
    by image and model version. Whichever of findings, verdict and labels comes last, an email stands where all of them
    together put it.
    """
    with database.reading() as session:
        waiting = images.waiting_images(session, image_ids)
    tried = [(image, _decoded(data, decoder)) for image, data in _contents(database, waiting)]
    findings = _findings(tried, model, now)
    if not findings:
        return 0
    email_of = {image.id: image.email_id for image, _ in tried}
    with database.unit_of_work() as session:
        # Emails before their images, as whoever deletes an email does.
        there = emails.lock(session, sorted({email_id for email_id in email_of.values() if email_id is not None}))
        still = images.lock(session, sorted(email_of))
        images.record_findings(session, [findings[image_id] for image_id in still])
        touched = {email_of[image_id] for image_id in still}
        _place(session, [email_id for email_id in there if email_id in touched], policy)
    return len(still)


def recognize_alone(
    database: Database,
    image_id: int,
    model: ImageModel,
    decoder: ImageDecoder,
    policy: Policies,
    *,
    attempts_before: int,
    max_attempts: int,
    now: datetime,
) -> None:
    """Recognise one image that may be at fault, as `triage.classify.classify_alone` does an email.

    Raises:
        TransientError: The database or the model is away; the image stays where it is.
    """
    trial = Trial(database, queued.IMAGES, "recognizing", STAGE, max_attempts)
    trial.alone(
        image_id,
        lambda: recognize(database, [image_id], model, decoder, policy, now),
        attempts_before=attempts_before,
        now=now,
    )


def _contents(database: Database, waiting: Sequence[WaitingImage]) -> Iterator[tuple[WaitingImage, bytes | None]]:
    """Yield each image with its bytes, one email in memory at a time; `None` where there are none any more."""
    for email_id, group in groupby(waiting, key=lambda image: image.email_id):
        of_email = list(group)
        if email_id is None:
            for image in of_email:
                with database.reading() as session:
                    yield image, images.content_of(session, image.id)
        else:
            parts = _attachments(database, email_id)
            yield from ((image, parts.get(image.position)) for image in of_email)


def _attachments(database: Database, email_id: int) -> dict[int | None, bytes]:
    """Return what an email carries, by position; nothing where it was deleted, or cannot be parsed any more."""
    try:
        with database.reading() as session:
            stored = emails.message_of(session, email_id)
        return {part.position: part.content for part in stored_message(stored).attachments}
    except (EmailNotFound, MalformedMessage, InvalidSubmission):
        return {}


def _decoded(data: bytes | None, decoder: ImageDecoder) -> Decoded | InvalidImage:
    if data is None:
        return _NO_ATTACHMENT
    try:
        return decoder.decode(data)
    except InvalidImage as error:
        return error


def _findings(tried: Sequence[Tried], model: ImageModel, now: datetime) -> dict[int, dict[str, Any]]:
    """Return the findings of images as columns, by image."""
    decoded = [(image, one) for image, one in tried if not isinstance(one, InvalidImage)]
    found = {}
    if decoded:
        probabilities = model.recognize(np.stack([one.pixels for _, one in decoded]))
        for (image, pixels), of_image in zip(decoded, probabilities, strict=True):
            found[image.id] = _finding(pixels, dict(zip(model.manifest.classes, of_image.tolist(), strict=True)))
    for image, one in tried:
        if isinstance(one, InvalidImage):
            found[image.id] = _NOTHING | {"error": str(one)[: emails.LONGEST_ERROR]}
    return {
        image_id: {"image_id": image_id, "model_version": model.version, "created_at": now, **columns}
        for image_id, columns in found.items()
    }


_NOTHING: dict[str, Any] = {
    "kind": None,
    "confidence": None,
    "probabilities": None,
    "format": None,
    "width": None,
    "height": None,
    "is_decoration": False,
    "error": None,
}


def _finding(decoded: Decoded, probabilities: dict[str, float]) -> dict[str, Any]:
    kind = max(probabilities, key=probabilities.__getitem__)
    return {
        "kind": kind,
        "confidence": rounded(probabilities[kind]),
        "probabilities": {name: rounded(p) for name, p in probabilities.items()},
        "format": decoded.format,
        "width": decoded.width,
        "height": decoded.height,
        "is_decoration": is_decoration(decoded.width, decoded.height, kind),
        "error": None,
    }


def _place(session: Session, email_ids: Sequence[int], policy: Policies) -> None:
    """Write down what the images of emails were found to be, and move those emails; they are locked."""
    if not email_ids:
        return
    for email_id, found in images.summaries(session, email_ids).items():
        images.write_summary(session, email_id, found)
    move_as_said(session, email_ids, policy)
