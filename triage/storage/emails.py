"""Emails: stored once, found again, and moved from state to state."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import delete, func, literal, select, text, union_all, update
from sqlalchemy.orm import Session

from triage.errors import EmailNotFound
from triage.mail import MailText
from triage.ranking.importance import Evidence
from triage.storage.dialect import among, insert_rows, is_postgresql
from triage.storage.reach import is_restricted
from triage.storage.senders import evidence_on_each, note_treated
from triage.storage.tables import Attachment, Email, Image, Mailbox, Message
from triage.storage.tables.mail import SET_ASIDE

QUEUED, READ, FAILED = "queued", "read", "failed"
INTAKE = "intake"  # the stage at which bytes are set aside that are no mail we read
# Rendered into the statement: a planner must see a state to take the partial index that is made for it.
IS_QUEUED = Email.state == literal(QUEUED, literal_execute=True)
IS_FAILED = Email.state == literal(FAILED, literal_execute=True)
# Short enough for an index of PostgreSQL (2,704 bytes an entry) in any script.
LONGEST_ERROR = 500


@dataclass(frozen=True, slots=True)
class NewEmail:
    """The rows of one email to be stored; `email["digest"]` tells it from others of its mailbox."""

    email: Mapping[str, Any]
    message: Mapping[str, Any]
    attachments: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class WaitingEmail:
    """What reading an email takes: its text and what the policy looks at.

    Attributes:
        evidence: What people did with earlier mail of the sender.
        has_reasons: It has reasons of its own already, as mail that a rule fits has before it is read.
    """

    id: int
    mailbox_id: int
    text: MailText
    evidence: Evidence
    received_at: datetime
    stored_at: datetime
    sender_address: str
    is_automatic: bool
    attachment_count: int
    recipients: Sequence[Mapping[str, Any]]
    has_reasons: bool


@dataclass(frozen=True, slots=True)
class EmailText:
    """What an email says, and what tells it from others."""

    id: int
    mailbox: str
    digest: bytes
    message_id: str
    thread_id: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class EmailAttachment:
    """What an email carries; `image_id` is `None` where it is no image that is recognised."""

    position: int
    filename: str
    content_type: str
    is_inline: bool
    size_bytes: int
    image_id: int | None


def insert_once(session: Session, mailbox_id: int, new: Sequence[NewEmail]) -> dict[bytes, int]:
    """Store emails that the mailbox does not hold yet; return the ids of those stored, by digest.

    Digests must differ from each other. One that another transaction stores at this moment is waited for, and then
    is theirs.
    """
    if not new:
        return {}
    rows = [{"mailbox_id": mailbox_id, **one.email} for one in new]
    stored: dict[bytes, int] = dict(
        insert_rows(session, Email, rows, unless_there=["mailbox_id", "digest"], returning=["digest", "id"])
    )
    kept = [(stored[one.email["digest"]], one) for one in new if one.email["digest"] in stored]
    insert_rows(session, Message, [{"email_id": email_id, **one.message} for email_id, one in kept])
    insert_rows(
        session, Attachment, [{"email_id": email_id, **part} for email_id, one in kept for part in one.attachments]
    )
    return stored


def replace_content(session: Session, email_id: int, new: NewEmail) -> None:
    """Store anew what an email says; where it stands stays as it is."""
    said = ("message_id", "thread_id", "sender_name", "sender_address", "recipients", "subject", "snippet")
    marks = ("is_automatic", "attachment_count")
    session.execute(
        update(Email).where(Email.id == email_id).values({name: new.email[name] for name in (*said, *marks)})
    )
    texts = {name: new.message[name] for name in ("text", "quoted_text")}
    session.execute(update(Message).where(Message.email_id == email_id).values(texts))
    session.execute(delete(Attachment).where(Attachment.email_id == email_id))
    insert_rows(session, Attachment, [{"email_id": email_id, **part} for part in new.attachments])


def ids_by_digest(session: Session, mailbox_id: int, digests: Sequence[bytes]) -> dict[bytes, tuple[int, str]]:
    """Return id and state of the emails that the mailbox holds already."""
    query = select(Email.digest, Email.id, Email.state).where(Email.mailbox_id == mailbox_id, Email.digest.in_(digests))
    return {digest: (email_id, state) for digest, email_id, state in session.execute(query)}


def threads_by_message_id(session: Session, mailbox_id: int, message_ids: Iterable[str]) -> dict[str, str]:
    """Return the threads that these Message-IDs belong to within one mailbox."""
    wanted = sorted(set(message_ids))
    if not wanted:
        return {}
    query = (
        select(Email.message_id, Email.thread_id)
        .where(Email.mailbox_id == mailbox_id, Email.message_id.in_(wanted))
        .order_by(Email.id.desc())
    )
    # A sender may use a Message-ID twice; the first email that had it wins, so the last one set here.
    return dict(session.execute(query).all())


def email_by_id(session: Session, email_id: int) -> Email:
    """Return one email.

    Raises:
        EmailNotFound: It is not stored.
    """
    email = session.get(Email, email_id)
    if email is None:
        raise EmailNotFound(email_id)
    return email


def message_of(session: Session, email_id: int) -> Message:
    """Return the bytes and the text of one email.

    Raises:
        EmailNotFound: It is not stored.
    """
    message = session.get(Message, email_id)
    if message is None:
        raise EmailNotFound(email_id)
    return message


def attachments_of(session: Session, email_ids: Sequence[int]) -> dict[int, list[EmailAttachment]]:
    """Return the attachments of several emails, in their order."""
    is_same = (Image.email_id == Attachment.email_id) & (Image.position == Attachment.position)
    query = (
        select(Attachment, Image.id)
        .outerjoin(Image, is_same)
        .where(Attachment.email_id.in_(email_ids))
        .order_by(Attachment.email_id, Attachment.position)
    )
    found: dict[int, list[EmailAttachment]] = {email_id: [] for email_id in email_ids}
    for one, image_id in session.execute(query):
        part = EmailAttachment(one.position, one.filename, one.content_type, one.is_inline, one.size_bytes, image_id)
        found[one.email_id].append(part)
    return found


def waiting_emails(session: Session, email_ids: Sequence[int]) -> list[WaitingEmail]:
    """Return those of the emails that still wait for a verdict, by id; the rest were read, set aside or deleted."""
    return emails_to_read(session, email_ids, state=QUEUED)


def emails_to_read(session: Session, email_ids: Sequence[int], *, state: str) -> list[WaitingEmail]:
    """Return those of the emails that are in a state, by id, as a model and the policy look at them."""
    query = (
        select(
            Email.id,
            Email.mailbox_id,
            Email.subject,
            Message.text,
            Email.received_at,
            Email.stored_at,
            Email.sender_address,
            Email.is_automatic,
            Email.attachment_count,
            Email.recipients,
            Email.reasons.is_not(None),
        )
        .join(Message, Message.email_id == Email.id)
        .where(Email.id.in_(email_ids), Email.state == state)
        .order_by(Email.id)
    )
    rows = session.execute(query).all()
    evidence = evidence_on_each(session, [(row.mailbox_id, row.sender_address) for row in rows])
    return [
        WaitingEmail(row[0], row[1], MailText(row[2], row[3]), known, *row[4:])
        for row, known in zip(rows, evidence, strict=True)
    ]


def lock(session: Session, email_ids: Sequence[int], *, state: str | None = None) -> list[int]:
    """Let nobody else move these emails until this transaction ends; return those that are there, by id.

    In the order of ids, so that two with the same emails wait for each other and never in a circle. What is asked
    after this sees what others committed before it; in the same query it would not.
    """
    query = select(Email.id).where(among(session, Email.id, email_ids)).order_by(Email.id).with_for_update()
    return list(session.scalars(query if state is None else query.where(Email.state == state)))


def findings_of(session: Session, email_ids: Sequence[int]) -> dict[int, list[dict[str, Any]]]:
    """Return what the images of emails were found to be, of those that have any."""
    if not email_ids:
        return {}
    query = select(Email.id, Email.findings).where(Email.id.in_(email_ids), Email.findings.is_not(None))
    return {email_id: findings for email_id, findings in session.execute(query) if findings is not None}


def texts_of(session: Session, email_ids: Sequence[int]) -> list[EmailText]:
    """Return what emails say and what tells them from others, by id."""
    query = (
        select(Email.id, Mailbox.name, Email.digest, Email.message_id, Email.thread_id, Email.subject, Message.text)
        .join(Mailbox, Mailbox.id == Email.mailbox_id)
        .join(Message, Message.email_id == Email.id)
        .where(Email.id.in_(email_ids))
        .order_by(Email.id)
    )
    return [EmailText(*row) for row in session.execute(query)]


def ids_by_message_id(session: Session, mailbox_id: int, message_ids: Sequence[str]) -> dict[str, list[int]]:
    """Return the emails of a mailbox that have these Message-IDs; a sender may use one more than once."""
    query = (
        select(Email.message_id, Email.id)
        .where(Email.mailbox_id == mailbox_id, Email.message_id.in_(message_ids))
        .order_by(Email.id)
    )
    found: dict[str, list[int]] = {}
    for message_id, email_id in session.execute(query):
        found.setdefault(message_id, []).append(email_id)
    return found


def mailbox_names_of(session: Session, email_ids: Sequence[int]) -> dict[int, str]:
    """Return the name of the mailbox of each of the emails that is stored."""
    query = select(Email.id, Mailbox.name).join(Mailbox, Mailbox.id == Email.mailbox_id).where(Email.id.in_(email_ids))
    return dict(session.execute(query).all())


def mailboxes_of(session: Session, email_ids: Sequence[int]) -> dict[int, int]:
    """Return the mailbox of each of the emails that is stored, in the order of their ids."""
    query = select(Email.id, Email.mailbox_id).where(Email.id.in_(email_ids)).order_by(Email.id)
    return dict(session.execute(query).all())


def set_handled(session: Session, email_id: int, handled_at: datetime | None, *, with_many: bool = False) -> None:
    """Take an email off the inbox, or put it back with `None`; either way it is put off no more.

    `with_many` says that it is one of many.
    """
    session.execute(update(Email).where(Email.id == email_id).values(handled_at=handled_at, snoozed_until=None))
    note_treated(session, [email_id], with_many=with_many)


def set_all_handled(session: Session, email_ids: Sequence[int], handled_at: datetime | None) -> None:
    """Take emails off the inbox, or put them back with `None`; either way they are put off no more. They are locked."""
    query = update(Email).where(among(session, Email.id, email_ids)).values(handled_at=handled_at, snoozed_until=None)
    session.execute(query.execution_options(synchronize_session=False))
    note_treated(session, email_ids, with_many=True)


def set_handled_of(
    session: Session, email_ids: Sequence[int], handled_at: datetime | None, *, with_many: bool = False
) -> list[int]:
    """Take emails off the inbox, or put them back with `None`; return those that this moved, by id.

    Those are put off no more. `with_many` says that they are some of many.
    """
    moves = Email.handled_at.is_(None) if handled_at is not None else Email.handled_at.is_not(None)
    locked = lock(session, email_ids)
    moved = sorted(session.scalars(select(Email.id).where(among(session, Email.id, locked), moves)))
    put = update(Email).where(among(session, Email.id, moved)).values(handled_at=handled_at, snoozed_until=None)
    session.execute(put)
    note_treated(session, moved, with_many=with_many)
    return moved


def count_by_state(session: Session) -> dict[str, int]:
    """Return how many emails are in each state, those a person has handled not counted.

    Walks over indexes of one short entry for each unhandled email, and never over the table.
    """
    is_open = Email.handled_at.is_(None)
    others = select(Email.state, func.count()).where(is_open, ~IS_FAILED).group_by(Email.state)
    # SQLite, which keeps no figures of its indexes, would walk over that of the inbox and look at every row. What is
    # said in words would count mail out of reach.
    source: Any = (
        Email if is_postgresql(session) or is_restricted(session) else text("email INDEXED BY ix_email_failed")
    )
    count_of_failed = select(literal(FAILED), func.count()).select_from(source).where(text(SET_ASIDE))
    return {QUEUED: 0, READ: 0} | dict(session.execute(union_all(others, count_of_failed)).all())
