"""Memories of mailboxes: what they were fitted from, and the mail whose verdicts they change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Subquery, func, select
from sqlalchemy.orm import Session

from triage.labels import Source
from triage.storage.dialect import among, insert_rows
from triage.storage.tables import Email, Label, Memory, Topic, Verdict

# Grows when memory is fitted otherwise than before, so that each is fitted anew.
_RECIPE = 2


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a memory was fitted from.

    Attributes:
        labels_seen: The labels there were, as `label_states` tells them.
        mails: Labelled mails that it learned from.
        is_whole: Every labelled mail had been read by the model; else there is more to learn when it has.
    """

    generation: int
    model_version: str
    labels_seen: str
    mails: int
    is_whole: bool


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a verdict keeps that memory works with; the distributions are those of the model alone."""

    email_id: int
    representation: bytes
    distributions: Mapping[str, Any]
    language: str


@dataclass(frozen=True, slots=True)
class Recallable(Remembered):
    """A verdict that memory may change: what it says now, and what its place follows from."""

    says: Mapping[str, Any]
    reasons: Sequence[Mapping[str, Any]]


def label_states(session: Session) -> dict[int, str]:
    """Return, of each mailbox with labels, words that change whenever one comes, is withdrawn or goes.

    They change with its topics as well. Rules teach nothing, so their labels change nothing.
    """
    of_labels = select(Label.mailbox_id, func.max(Label.id), func.count(), func.count(Label.withdrawn_at))
    of_topics = select(Topic.mailbox_id, func.count(), func.count(Topic.retired_at)).group_by(Topic.mailbox_id)
    topics = {mailbox_id: f"{count}/{retired}" for mailbox_id, count, retired in session.execute(of_topics)}
    return {
        mailbox_id: f"{newest}/{count}/{withdrawn}/{topics.get(mailbox_id, '')}/{_RECIPE}"
        for mailbox_id, newest, count, withdrawn in session.execute(
            of_labels.where(Label.source != Source.RULE).group_by(Label.mailbox_id)
        )
    }


def fitted(session: Session) -> dict[int, Fitted]:
    """Return what the memory of each mailbox was fitted from."""
    query = select(Memory.mailbox_id, Memory.generation, Memory.model_version, Memory.labels_seen, Memory.evidence)
    return {
        mailbox_id: fitted_from(generation, version, seen, evidence)
        for mailbox_id, generation, version, seen, evidence in session.execute(query)
    }


def weights_of(session: Session, mailbox_id: int, generation: int) -> bytes | None:
    """Return what was learned by a fit; `None` when there was another since."""
    query = select(Memory.weights).where(Memory.mailbox_id == mailbox_id, Memory.generation == generation)
    return session.scalar(query)


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
    newest = _labelled_last(mailbox_id, limit)
    query = (
        select(newest.c.email_id, Verdict.representation, Verdict.unaided, Verdict.distributions, Verdict.language)
        .outerjoin(Verdict, (Verdict.email_id == newest.c.email_id) & (Verdict.model_version == version))
        .order_by(newest.c.last.desc())
    )
    rows = session.execute(query).all()
    return [_remembered(row) for row in rows if row[1]], sum(row[4] is None for row in rows)


def count_labelled(session: Session, mailbox_id: int, version: str, *, limit: int) -> int:
    """Return how many mails `labelled` would return; it fetches none."""
    newest = _labelled_last(mailbox_id, limit)
    is_read = (Verdict.email_id == newest.c.email_id) & (Verdict.model_version == version)
    query = select(func.count()).select_from(newest).join(Verdict, is_read)
    return session.scalar(query.where(Verdict.representation.is_not(None))) or 0


def is_newest(session: Session, mailbox_id: int, generation: int) -> bool:
    """Tell whether there was no other fit since, and let there be none until this transaction ends."""
    of_this = (Memory.mailbox_id == mailbox_id, Memory.generation == generation)
    return session.scalar(select(Memory.generation).where(*of_this).with_for_update()) is not None


def recallable(session: Session, email_ids: Sequence[int], version: str) -> list[Recallable]:
    """Return the verdicts that a version gave emails, whether they stand by them or not, in the order of ids."""
    alone = (Verdict.representation, Verdict.unaided, Verdict.distributions, Verdict.language)
    of_these: ColumnElement[bool] = among(session, Email.id, email_ids)
    query = (
        select(Email.id, *alone, Verdict.reasons)
        .join(Verdict, Verdict.email_id == Email.id)
        .where(of_these, Verdict.model_version == version, Verdict.representation.is_not(None))
        .order_by(Email.id)
    )
    return [
        Recallable(email_id, representation, unaided or says, language, says, *others)
        for email_id, representation, unaided, says, language, *others in session.execute(query)
    ]


def standing_by(session: Session, email_ids: Sequence[int], version: str) -> list[int]:
    """Return those of the emails that stand by a version and that nobody has handled. They are locked."""
    of_these: ColumnElement[bool] = among(session, Email.id, email_ids)
    query = select(Email.id).where(of_these, Email.handled_at.is_(None), Email.model_version == version)
    return list(session.scalars(query.order_by(Email.id)))


def _labelled_last(mailbox_id: int, limit: int) -> Subquery:
    last = func.max(Label.id)
    by_people = (Label.mailbox_id == mailbox_id, Label.withdrawn_at.is_(None), Label.source != Source.RULE)
    query = select(Label.email_id, last.label("last")).where(*by_people).group_by(Label.email_id)
    return query.order_by(last.desc()).limit(limit).subquery()


def fitted_from(generation: int, version: str, labels_seen: str, evidence: Mapping[str, Any]) -> Fitted:
    """Return what the columns of a memory say of its fit."""
    return Fitted(generation, version, labels_seen, evidence.get("mails", 0), not evidence.get("unread"))


def _remembered(row: Any) -> Remembered:
    email_id, representation, unaided, distributions, language = row
    return Remembered(email_id, representation, unaided or distributions, language)
