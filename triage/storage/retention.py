"""For how long mailboxes keep mail, which mail is older, and letting go of what it says."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from triage.storage import emails, incidents, senders
from triage.storage.dialect import among, insert_rows, is_postgresql
from triage.storage.tables import (
    Attachment,
    Email,
    Finding,
    Image,
    ImageContent,
    Incident,
    Label,
    Mailbox,
    Message,
    Retention,
    Tombstone,
    Verdict,
)

# How much of a mail is let go of; each takes what the one before it takes.
RAW, TEXT, ALL = "raw", "text", "all"


def settings_of(session: Session) -> list[tuple[Mailbox, Retention | None]]:
    """Return every mailbox with what was set for it, by name."""
    query = select(Mailbox, Retention).outerjoin(Retention, Retention.mailbox_id == Mailbox.id).order_by(Mailbox.name)
    return [(mailbox, kept) for mailbox, kept in session.execute(query)]


def retention_of(session: Session, mailbox_id: int) -> Retention:
    """Return what is set for a mailbox; the row is made where there is none, and locked."""
    blank = {"mailbox_id": mailbox_id, "raw_to": 0, "text_to": 0, "author": ""}
    insert_rows(session, Retention, [blank], unless_there=["mailbox_id"])
    return session.scalars(select(Retention).where(Retention.mailbox_id == mailbox_id).with_for_update()).one()


def stored_before(session: Session, mailbox_id: int, moment: datetime, *, after: int, limit: int) -> list[int]:
    """Return the next emails of a mailbox that were stored before a moment, by id, which grows with time."""
    query = select(Email.id, Email.stored_at).where(Email.mailbox_id == mailbox_id, Email.id > after)
    # Not asked for in the query, which would walk over all later mail where nothing is old enough.
    found = session.execute(query.order_by(Email.id).limit(limit)).all()
    return [email_id for email_id, stored_at in found if stored_at < moment]


def forget_raw(session: Session, email_ids: Sequence[int]) -> None:
    """Let go of the bytes of emails, and with them of their attachments; their text stays."""
    _run(session, update(Message).where(among(session, Message.email_id, email_ids)).values(raw=b""))


def forget_text(session: Session, email_ids: Sequence[int], now: datetime) -> None:
    """Let go of all that emails say, of who wrote them, and of what was learned from them; what they were stays.

    They are off the inbox, and nothing is learned from them any more: their labels go, so memory is fitted anew.
    """
    _hold(session, email_ids)
    forget_raw(session, email_ids)
    senders.forget(session, email_ids)
    nothing = {"text": "", "quoted_text": ""}
    _run(session, update(Message).where(among(session, Message.email_id, email_ids)).values(nothing))
    _run(
        session,
        update(Email)
        .where(among(session, Email.id, email_ids))
        .values(
            message_id="",
            sender_name="",
            sender_address="",
            recipients=[],
            subject="",
            snippet="",
            reasons=None,
            handled_at=func.coalesce(Email.handled_at, now),
            snoozed_until=None,
        ),
    )
    _run(session, update(Attachment).where(among(session, Attachment.email_id, email_ids)).values(filename=""))
    of_these = among(session, Verdict.email_id, email_ids)
    _run(session, update(Verdict).where(of_these).values(reasons=[], representation=None))
    images = list(session.scalars(select(Image.id).where(Image.email_id.in_(email_ids))))
    _run(session, update(Image).where(Image.id.in_(images)).values(filename=""))
    _run(session, delete(Label).where(among(session, Label.email_id, email_ids)))
    _forget_words(session, email_ids)


def forget_all(session: Session, email_ids: Sequence[int], now: datetime) -> None:
    """Let go of emails; a digest of each stays, so that the same bytes are not taken in again."""
    _hold(session, email_ids)
    _forget_words(session, email_ids)
    senders.forget(session, email_ids)
    query = select(Email.mailbox_id, Email.digest, Email.id).where(among(session, Email.id, email_ids))
    stones = [
        {"mailbox_id": mailbox_id, "digest": digest, "email_id": email_id, "deleted_at": now}
        for mailbox_id, digest, email_id in session.execute(query)
    ]
    insert_rows(session, Tombstone, stones, unless_there=["mailbox_id", "digest"])
    _run(session, delete(Email).where(among(session, Email.id, email_ids)))


def posted_before(session: Session, mailbox_id: int, moment: datetime, *, limit: int) -> list[int]:
    """Return images of a mailbox that were posted on their own before a moment."""
    query = select(Image.id).where(Image.mailbox_id == mailbox_id, Image.email_id.is_(None), Image.stored_at < moment)
    return list(session.scalars(query.order_by(Image.id).limit(limit)))


def forget_images(session: Session, image_ids: Sequence[int]) -> None:
    """Let go of images that were posted on their own."""
    for table, column in ((ImageContent, ImageContent.image_id), (Finding, Finding.image_id), (Image, Image.id)):
        _run(session, delete(table).where(column.in_(image_ids)))


def overwrite(session: Session) -> None:
    """Let SQLite write zeros over what this connection frees; PostgreSQL uses the room anew after it has vacuumed."""
    if not is_postgresql(session):
        session.connection().exec_driver_sql("PRAGMA secure_delete = ON")


def _hold(session: Session, email_ids: Sequence[int]) -> None:
    """Let nobody group or move these emails until this transaction ends, in the order in which others lock."""
    for mailbox_id in sorted(set(emails.mailboxes_of(session, email_ids).values())):
        incidents.hold_mailbox(session, mailbox_id)
    emails.lock(session, email_ids)


def _forget_words(session: Session, email_ids: Sequence[int]) -> None:
    """Let incidents go of what they hold of these mails: the words that members share, and their mean.

    An incident that loses a member is one that no further mail joins; its other members stay in it.
    """
    of_these = select(Email.incident_id).where(among(session, Email.id, email_ids), Email.incident_id.is_not(None))
    touched = set(session.scalars(of_these))
    lengths: Mapping[int, Any] = dict(
        session.execute(select(Incident.id, func.length(Incident.centroid)).where(Incident.id.in_(touched))).all()
    )
    for incident_id, length in lengths.items():
        blank = {"words": [], "centroid": bytes(length)}
        _run(session, update(Incident).where(Incident.id == incident_id).values(blank))


def _run(session: Session, statement: Any) -> None:
    session.execute(statement.execution_options(synchronize_session=False))
