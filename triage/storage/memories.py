"""Memories of mailboxes: what they were fitted from, and the mail whose verdicts they change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, select, tuple_, update
from sqlalchemy.orm import Session

from triage.labels import Source
from triage.storage.dialect import among, insert_rows
from triage.storage.emails import READ
from triage.storage.tables import Email, Label, Memory, Verdict
from triage.storage.verdicts import OF_THIS_VERSION

# Emails before the newest that may still have been unread when a memory was fitted.
LATE = 5000


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a memory was fitted from.

    Attributes:
        labels_seen: The labels there were, as `label_states` tells them.
        is_whole: Every labelled mail had been read by the model; else there is more to learn when it has.
    """

    generation: int
    model_version: str
    labels_seen: str
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a verdict keeps that memory works with; the distributions are those of the model alone."""

    email_id: int
    representation: bytes
    distributions: Mapping[str, Any]
    language: str


@dataclass(frozen=True, slots=True)
class Placing:
    """How far the mail of a mailbox was placed by its memory.

    Attributes:
        rank_at: Mail that stands before is placed; `None` where none is, or all of it.
        email_id: The last that was placed.
        upto: Mail that was there when the memory was fitted; later mail may have been read with the memory before.
        is_late: All mail that was there is placed, and what was read since is left to see to.
    """

    upto: int
    rank_at: datetime | None = None
    email_id: int = 0
    is_late: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as it is stored."""
        moment = None if self.rank_at is None else self.rank_at.isoformat()
        return {"upto": self.upto, "rank_at": moment, "email_id": self.email_id, "is_late": self.is_late}


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A memory by which not all mail is placed yet."""

    mailbox_id: int
    fitted: "Fitted"
    fitted_at: datetime
    placing: Placing


def label_states(session: Session) -> dict[int, str]:
    """Return, of each mailbox with labels, words that change whenever a label comes, is withdrawn or goes."""
    query = select(Label.mailbox_id, func.max(Label.id), func.count(), func.count(Label.withdrawn_at))
    return {
        mailbox_id: f"{newest}/{count}/{withdrawn}"
        for mailbox_id, newest, count, withdrawn in session.execute(query.group_by(Label.mailbox_id))
    }


def fitted(session: Session) -> dict[int, Fitted]:
    """Return what the memory of each mailbox was fitted from."""
    query = select(Memory.mailbox_id, Memory.generation, Memory.model_version, Memory.labels_seen, Memory.evidence)
    return {
        mailbox_id: Fitted(generation, version, seen, not evidence.get("unread"))
        for mailbox_id, generation, version, seen, evidence in session.execute(query)
    }


def weights_of(session: Session, mailbox_id: int, generation: int) -> bytes | None:
    """Return what was learned by a fit; `None` when there was another since."""
    query = select(Memory.weights).where(Memory.mailbox_id == mailbox_id, Memory.generation == generation)
    return session.scalar(query)


def evidence_of(session: Session, mailbox_id: int) -> Mapping[str, Any]:
    """Return what the memory of a mailbox rests on: head to label to mails, and how many labelled mails are unread."""
    return session.scalar(select(Memory.evidence).where(Memory.mailbox_id == mailbox_id)) or {}


def save(session: Session, row: Mapping[str, Any]) -> None:
    """Store the memory of a mailbox in place of the one before, unless a later one is there."""
    if insert_rows(session, Memory, [row], unless_there=["mailbox_id"], returning=["mailbox_id"]):
        return
    stored = session.get(Memory, row["mailbox_id"], with_for_update=True)
    if stored is not None and stored.generation < row["generation"]:
        for name, value in row.items():
            setattr(stored, name, value)
        session.flush()


def labelled(session: Session, mailbox_id: int, version: str, *, limit: int) -> tuple[list[Remembered], int]:
    """Return the mails that people labelled last and a version has read, and how many it has not read."""
    newest = (
        select(Label.email_id, func.max(Label.id).label("last"))
        .where(Label.mailbox_id == mailbox_id, Label.withdrawn_at.is_(None), Label.source != Source.RULE)
        .group_by(Label.email_id)
        .order_by(func.max(Label.id).desc())
        .limit(limit)
        .subquery()
    )
    query = (
        select(newest.c.email_id, Verdict.representation, Verdict.unaided, Verdict.distributions, Verdict.language)
        .outerjoin(Verdict, (Verdict.email_id == newest.c.email_id) & (Verdict.model_version == version))
        .order_by(newest.c.last.desc())
    )
    rows = session.execute(query).all()
    return [_remembered(row) for row in rows if row[1]], sum(row[4] is None for row in rows)


def unplaced(session: Session) -> list[Unplaced]:
    """Return the memories by which not all mail is placed yet."""
    query = select(Memory).where(Memory.placed_at.is_(None), Memory.placed_to.is_not(None)).order_by(Memory.mailbox_id)
    return [
        Unplaced(
            memory.mailbox_id,
            Fitted(memory.generation, memory.model_version, memory.labels_seen, not memory.evidence.get("unread")),
            memory.fitted_at,
            _placing(memory.placed_to or {}),
        )
        for memory in session.scalars(query)
    ]


def note_placing(session: Session, mailbox_id: int, generation: int, placing: Placing | None, now: datetime) -> None:
    """Note how far mail is placed by a memory, `None` when all of it is; nothing where there was another fit since."""
    of_this = (Memory.mailbox_id == mailbox_id, Memory.generation == generation)
    told = {"placed_at": now} if placing is None else {"placed_to": placing.as_json()}
    session.execute(update(Memory).where(*of_this).values(told).execution_options(synchronize_session=False))


def newest_email(session: Session) -> int:
    """Return the number of the email that came last."""
    return session.scalar(select(func.max(Email.id))) or 0


def standing(session: Session, mailbox_id: int, placing: Placing, *, limit: int) -> list[tuple[datetime, int]]:
    """Return where the next unhandled emails stand that a model has read: most pressing first, or late ones by id."""
    of_mailbox = (Email.mailbox_id == mailbox_id, Email.handled_at.is_(None), Email.state == READ)
    query = select(Email.rank_at, Email.id).where(*of_mailbox).limit(limit)
    if placing.is_late:
        after = max(placing.email_id, placing.upto - LATE)
        query = query.where(Email.id > after).order_by(Email.id)
    else:
        query = query.order_by(Email.rank_at, Email.id)
        if placing.rank_at is not None:
            query = query.where(tuple_(Email.rank_at, Email.id) > tuple_(placing.rank_at, placing.email_id))
    return [(rank_at, email_id) for rank_at, email_id in session.execute(query)]


def remembered(session: Session, email_ids: Sequence[int], version: str) -> list[Remembered]:
    """Return what memory works with of the emails that stand by a verdict of a version."""
    of_these: ColumnElement[bool] = among(session, Email.id, email_ids)
    query = (
        select(Email.id, Verdict.representation, Verdict.unaided, Verdict.distributions, Verdict.language)
        .join(Verdict, OF_THIS_VERSION)
        .where(of_these, Email.model_version == version, Verdict.representation.is_not(None))
    )
    return [_remembered(row) for row in session.execute(query)]


def _placing(stored: Mapping[str, Any]) -> Placing:
    moment = stored["rank_at"]
    rank_at = None if moment is None else datetime.fromisoformat(moment)
    return Placing(stored["upto"], rank_at, stored["email_id"], stored["is_late"])


def _remembered(row: Any) -> Remembered:
    email_id, representation, unaided, distributions, language = row
    return Remembered(email_id, representation, unaided or distributions, language)
