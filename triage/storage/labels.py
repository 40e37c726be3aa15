"""What people said of emails, kept apart from what models said.

The label in force is, head by head, the newest that was not withdrawn; whatever a person says goes before any rule.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import case, func, select, true, update
from sqlalchemy.orm import Session

from triage.labels import Sentiment, Source, Urgency
from triage.ranking import HEADS, Said, Statement
from triage.storage.dialect import among, insert_rows
from triage.storage.senders import note_treated
from triage.storage.tables import Label


@dataclass(frozen=True, slots=True)
class InForce:
    """The labels of an email that are in force.

    Attributes:
        by_head: For each head that somebody spoke of, the label that counts.
    """

    by_head: Mapping[str, Label]

    @property
    def said(self) -> Said:
        """Return them as ranking understands them."""
        values = {head: getattr(label, head) for head, label in self.by_head.items()}
        by_rule = frozenset(head for head, label in self.by_head.items() if label.source == Source.RULE)
        return Said(statement(values), by_rule)

    @property
    def newest(self) -> Label:
        """Return the label that was said last."""
        return max(self.by_head.values(), key=lambda label: (label.said_at, label.id))


def statement(values: Mapping[str, Any]) -> Statement:
    """Return a statement from the columns of a label."""
    sentiment, urgency = values.get("sentiment"), values.get("urgency")
    return Statement(
        topic=values.get("topic"),
        sentiment=None if sentiment is None else Sentiment(sentiment),
        urgency=None if urgency is None else Urgency(urgency),
        action_required=values.get("action_required"),
    )


def statement_of(label: Label) -> Statement:
    """Return what a label says."""
    return statement({head: getattr(label, head) for head in HEADS})


def in_force(standing: Iterable[Label]) -> InForce | None:
    """Return what counts among the labels of one email that were not withdrawn; `None` when nothing was said."""
    by_head: dict[str, Label] = {}
    for label in sorted(standing, key=lambda label: (label.source != Source.RULE, label.said_at, label.id)):
        by_head |= dict.fromkeys(statement_of(label).heads, label)
    return InForce(by_head) if by_head else None


def labels_in_force(session: Session, email_ids: Sequence[int]) -> dict[int, InForce]:
    """Return what counts for each of the emails that somebody has spoken of."""
    found = {email_id: in_force(labels) for email_id, labels in standing_labels(session, email_ids).items()}
    return {email_id: labels for email_id, labels in found.items() if labels is not None}


def standing_labels(session: Session, email_ids: Sequence[int]) -> dict[int, list[Label]]:
    """Return the labels of emails that were not withdrawn, as they were stored."""
    if not email_ids:
        return {}
    of_these = among(session, Label.email_id, email_ids)
    query = select(Label).where(of_these, Label.withdrawn_at.is_(None)).order_by(Label.id)
    found: dict[int, list[Label]] = {}
    for label in session.scalars(query):
        found.setdefault(label.email_id, []).append(label)
    return found


def history(session: Session, email_id: int, *, limit: int = 1000) -> list[Label]:
    """Return all labels of an email, newest first, withdrawn ones among them."""
    query = select(Label).where(Label.email_id == email_id).order_by(Label.said_at.desc(), Label.id.desc())
    return list(session.scalars(query.limit(limit)))


def newest_labels(session: Session, mailbox_id: int | None, *, limit: int) -> list[Label]:
    """Return the labels of a mailbox, newest first, or of all as they were stored; withdrawn ones among them."""
    if mailbox_id is None:
        return list(session.scalars(select(Label).order_by(Label.id.desc()).limit(limit)))
    query = select(Label).where(Label.mailbox_id == mailbox_id).order_by(Label.said_at.desc(), Label.id.desc())
    return list(session.scalars(query.limit(limit)))


def has_label(session: Session, email_id: int, label_id: int) -> bool:
    """Tell whether an email has a label, withdrawn or not."""
    query = select(Label.id).where(Label.id == label_id, Label.email_id == email_id)
    return session.scalar(query) is not None


def insert_labels(session: Session, rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """Store labels of different emails; return the number of each by its email."""
    stored = dict(insert_rows(session, Label, rows, returning=["email_id", "id"]))
    note_treated(session, stored)
    return stored


def said_then(session: Session, email_ids: Sequence[int], author: str, said_at: datetime) -> dict[int, int]:
    """Return the label that an author gave each of the emails at a moment and that stands, by email."""
    of_these = (among(session, Label.email_id, email_ids), Label.withdrawn_at.is_(None))
    query = select(Label.email_id, Label.id).where(*of_these, Label.author == author, Label.said_at == said_at)
    return dict(session.execute(query).all())


def mark_withdrawn(session: Session, label_id: int, *, by: str, now: datetime) -> bool:
    """Withdraw a label, and say whether it stood; one that was withdrawn before keeps who did it and when."""
    return bool(mark_all_withdrawn(session, [label_id], by=by, now=now))


def emails_of(session: Session, label_ids: Sequence[int]) -> dict[int, int]:
    """Return the email of each of the labels that are stored, in the order of labels."""
    query = select(Label.id, Label.email_id).where(among(session, Label.id, label_ids)).order_by(Label.id)
    return dict(session.execute(query).all())


def mark_all_withdrawn(session: Session, label_ids: Sequence[int], *, by: str, now: datetime) -> list[int]:
    """Withdraw labels as `mark_withdrawn` does; return those that stood until now."""
    standing = select(Label.id).where(among(session, Label.id, label_ids), Label.withdrawn_at.is_(None))
    found = list(session.scalars(standing))
    session.execute(update(Label).where(among(session, Label.id, found)).values(withdrawn_at=now, withdrawn_by=by))
    note_treated(session, set(emails_of(session, found).values()))
    return found


def labelled_emails(session: Session, mailbox_id: int | None, *, after: int = 0, limit: int) -> list[int]:
    """Return the emails that somebody has spoken of, in the order of ids, those after one."""
    query = select(Label.email_id).where(Label.withdrawn_at.is_(None), Label.email_id > after)
    if mailbox_id is not None:
        query = query.where(Label.mailbox_id == mailbox_id)
    return list(session.scalars(query.distinct().order_by(Label.email_id).limit(limit)))


def count_by_topic(session: Session, mailbox_id: int, *, of_rules: bool = True) -> dict[str, int]:
    """Return how many emails of a mailbox have each topic by a label in force, or by one that is not a rule's."""
    of_person = case((Label.source == Source.RULE, 0), else_=1)
    newest_first = (of_person.desc(), Label.said_at.desc(), Label.id.desc())
    place = func.row_number().over(partition_by=Label.email_id, order_by=newest_first).label("place")
    said = (
        select(Label.topic, place)
        .where(Label.mailbox_id == mailbox_id, Label.topic.is_not(None), Label.withdrawn_at.is_(None))
        .where(true() if of_rules else Label.source != Source.RULE)
        .subquery()
    )
    query = select(said.c.topic, func.count()).where(said.c.place == 1).group_by(said.c.topic)
    return dict(session.execute(query).all())
