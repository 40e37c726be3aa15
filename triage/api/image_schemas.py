"""What an image looks like from outside."""

from datetime import datetime

from pydantic import BaseModel, Field

from triage.ranking import rounded
from triage.storage.images import ImageRow


class FindingItem(BaseModel):
    """What the model says of an image."""

    kind: str
    confidence: float
    probabilities: dict[str, float]
    width: int
    height: int
    format: str
    is_decoration: bool = Field(description="a tracking pixel, a spacer, a small logo: it does not count as content")


class ImageItem(BaseModel):
    """An image. `finding` is `null` until it was recognised, and where it cannot be: then `error` says why."""

    id: int
    mailbox: str
    email_id: int | None = Field(description="the email that it came with, as its attachment at `position`")
    position: int | None
    state: str = Field(description="queued, read or failed")
    received_at: datetime
    size_bytes: int
    finding: FindingItem | None
    error: str | None
    error_stage: str | None
    attempts: int = Field(description="how often recognising it was begun without an end")
    failed_at: datetime | None = Field(description="when it was set aside")
    model_version: str | None


class SubmittedImage(ImageItem):
    """The answer to a submission."""

    duplicate: bool = Field(description="the mailbox held the same bytes already")


def image_item(row: ImageRow) -> ImageItem:
    """Return an image as the API shows it."""
    image, found = row.image, row.finding
    return ImageItem(
        id=image.id,
        mailbox=row.mailbox,
        email_id=image.email_id,
        position=image.position,
        state=image.state,
        received_at=image.stored_at,
        size_bytes=image.size_bytes,
        finding=_finding_item(row),
        error=image.error if found is None else found.error,
        error_stage=image.error_stage,
        attempts=image.attempts,
        failed_at=image.failed_at,
        model_version=image.model_version,
    )


def submitted_image(item: ImageItem, *, duplicate: bool) -> SubmittedImage:
    """Return the answer to a submission."""
    return SubmittedImage(**item.model_dump(), duplicate=duplicate)


def _finding_item(row: ImageRow) -> FindingItem | None:
    found = row.finding
    if found is None or found.kind is None:
        return None
    return FindingItem(
        kind=found.kind,
        confidence=rounded(found.confidence or 0.0),
        probabilities=found.probabilities or {},
        width=found.width or 0,
        height=found.height or 0,
        format=found.format or "",
        is_decoration=found.is_decoration,
    )
