"""Images: stored once, found again, and moved from state to state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, func, literal, select, text, update
from sqlalchemy.orm import Session

from triage.errors import ImageNotFound
from triage.storage.dialect import insert_rows
from triage.storage.emails import FAILED, QUEUED, READ
from triage.storage.tables import Email, Finding, Image, ImageContent, Mailbox
from triage.storage.tables.images import POSTED

# Rendered into the statement: a planner must see a state to take the partial index that is made for it.
IS_QUEUED = Image.state == literal(QUEUED, literal_execute=True)
# The finding that an image stands by.
OF_THIS_VERSION = (Finding.image_id == Image.id) & (Finding.model_version == Image.model_version)


@dataclass(frozen=True, slots=True)
class WaitingImage:
    """An image without a finding; `email_id` and `position` are `None` where it was posted on its own."""

    id: int
    email_id: int | None
    position: int | None


@dataclass(frozen=True, slots=True)
class ImageRow:
    """An image with the name of its mailbox and the finding that counts, `None` before it has one."""

    image: Image
    mailbox: str
    finding: Finding | None


def insert_images(session: Session, rows: Sequence[Mapping[str, Any]]) -> list[int]:
    """Store images of emails, each a row of columns; return the ids of those that were not there yet."""
    return [
        image_id
        for (image_id,) in insert_rows(session, Image, rows, unless_there=["email_id", "position"], returning=["id"])
    ]


def insert_posted(session: Session, row: Mapping[str, Any], raw: bytes) -> int | None:
    """Store an image that was posted on its own; return its id, or `None` where the mailbox holds the same bytes."""
    stored = insert_rows(
        session, Image, [row], unless_there=["mailbox_id", "digest"], there_where=text(POSTED), returning=["id"]
    )
    if not stored:
        return None
    insert_rows(session, ImageContent, [{"image_id": stored[0][0], "raw": raw}])
    return int(stored[0][0])


def posted(session: Session, mailbox_id: int, digest: bytes) -> tuple[int, str] | None:
    """Return id and state of the image with these bytes that was posted to a mailbox, if there is one."""
    found = session.execute(
        select(Image.id, Image.state).where(
            Image.mailbox_id == mailbox_id, Image.digest == digest, Image.email_id.is_(None)
        )
    ).first()
    return None if found is None else (found[0], found[1])


def image_row(session: Session, image_id: int) -> ImageRow:
    """Return one image.

    Raises:
        ImageNotFound: It is not stored.
    """
    found = next(iter(image_rows(session, [image_id])), None)
    if found is None:
        raise ImageNotFound(image_id)
    return found


def image_rows(session: Session, image_ids: Sequence[int]) -> list[ImageRow]:
    """Return those of the images that are stored, by id."""
    query = (
        select(Image, Mailbox.name, Finding)
        .join(Mailbox, Mailbox.id == Image.mailbox_id)
        .outerjoin(Finding, OF_THIS_VERSION)
        .where(Image.id.in_(image_ids))
        .order_by(Image.id)
    )
    return [ImageRow(*row) for row in session.execute(query)]


def state_of(session: Session, image_id: int) -> str | None:
    """Return the state of an image; `None` when it is not stored."""
    return session.scalar(select(Image.state).where(Image.id == image_id))


def content_of(session: Session, image_id: int) -> bytes | None:
    """Return the bytes of an image that was posted on its own; `None` when it is not stored."""
    return session.scalar(select(ImageContent.raw).where(ImageContent.image_id == image_id))


def delete_image(session: Session, image_id: int) -> None:
    """Remove an image that was posted on its own, with its bytes and findings.

    Raises:
        ImageNotFound: It is not stored, or belongs to an email.
    """
    gone = session.scalars(delete(Image).where(Image.id == image_id, Image.email_id.is_(None)).returning(Image.id))
    if not gone.all():
        raise ImageNotFound(image_id)


def waiting_images(session: Session, image_ids: Sequence[int]) -> list[WaitingImage]:
    """Return those of the images that still wait for a finding; those of one email stand together."""
    query = (
        select(Image.id, Image.email_id, Image.position)
        .where(Image.id.in_(image_ids), Image.state == QUEUED)
        .order_by(Image.email_id, Image.id)
    )
    return [WaitingImage(*row) for row in session.execute(query)]


def lock(session: Session, image_ids: Sequence[int]) -> list[int]:
    """Let nobody else move these images until this transaction ends; return those that still wait, by id.

    Their emails are locked before, always in this order.
    """
    query = select(Image.id).where(Image.id.in_(image_ids), Image.state == QUEUED).order_by(Image.id)
    return list(session.scalars(query.with_for_update()))


def record_findings(session: Session, findings: Sequence[Mapping[str, Any]]) -> None:
    """Store findings and let their images, which are locked, stand by them; harmless when done twice.

    All have the columns of the table and come from one version.
    """
    if not findings:
        return
    insert_rows(session, Finding, findings, unless_there=["image_id", "model_version"])
    settled = {"state": READ, "error": None, "error_stage": None, "model_version": findings[0]["model_version"]}
    session.execute(update(Image).where(Image.id.in_([one["image_id"] for one in findings])).values(settled))


def summaries(session: Session, email_ids: Sequence[int]) -> dict[int | None, list[dict[str, Any]]]:
    """Return what the images of emails were found to be, as `email.findings` keeps it."""
    columns = (Finding.kind, Finding.confidence, Finding.is_decoration, Finding.error)
    query = (
        select(Image.email_id, Image.position, *columns)
        .join(Finding, OF_THIS_VERSION)
        .where(Image.email_id.in_(email_ids))
        .order_by(Image.email_id, Image.position)
    )
    found: dict[int | None, list[dict[str, Any]]] = {email_id: [] for email_id in email_ids}
    for email_id, position, kind, confidence, is_decoration, error in session.execute(query):
        said = {"error": error} if kind is None else {"kind": kind, "confidence": confidence}
        found[email_id].append({"position": position, **said, "is_decoration": is_decoration})
    return found


def write_summary(session: Session, email_id: int | None, findings: Sequence[Mapping[str, Any]]) -> None:
    """Keep with an email, which is locked, what its images were found to be."""
    session.execute(update(Email).where(Email.id == email_id).values(findings=list(findings)))


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many images are in each state; walks over one index."""
    counts = session.execute(select(Image.state, func.count()).group_by(Image.state)).all()
    return {QUEUED: 0, READ: 0, FAILED: 0} | dict(counts)


def count_by_kind(session: Session) -> dict[tuple[str, str], int]:
    """Return how many findings there are by version and class; `""` is for images that cannot be decoded."""
    query = select(Finding.model_version, Finding.kind, func.count()).group_by(Finding.model_version, Finding.kind)
    return {(version, kind or ""): count for version, kind, count in session.execute(query)}
