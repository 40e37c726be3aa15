"""Versions that read mail beside the active one, and how often they differ from it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage.mail import MailText
from triage.ranking import likeliest
from triage.storage.dialect import insert_rows
from triage.storage.tables import Email, Message, Shadow, Verdict
from triage.storage.verdicts import OF_THIS_VERSION

Differing = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True, slots=True)
class ReadBefore:
    """An email with what the version that it stands by says of it, memory apart."""

    email_id: int
    text: MailText
    topic: str
    sentiment: str
    urgency: str
    action_required: bool


def read_before(session: Session, mailbox_id: int, email_ids: Sequence[int]) -> list[ReadBefore]:
    """Return those of the emails that are of a mailbox and have a verdict, by id."""
    said = (Verdict.topic, Verdict.sentiment, Verdict.urgency, Verdict.action_required, Verdict.unaided)
    query = (
        select(Email.id, Email.subject, Message.text, *said)
        .join(Message, Message.email_id == Email.id)
        .join(Verdict, OF_THIS_VERSION)
        .where(Email.id.in_(email_ids), Email.mailbox_id == mailbox_id)
        .order_by(Email.id)
    )
    return [
        ReadBefore(email_id, MailText(subject, text), *(heads if unaided is None else _likeliest(unaided)))
        for email_id, subject, text, *heads, unaided in session.execute(query)
    ]


def running(session: Session) -> dict[int, str]:
    """Return for each mailbox the version that reads beside its active one, if any does."""
    query = select(Shadow.mailbox_id, Shadow.version).where(Shadow.stopped_at.is_(None))
    return dict(session.execute(query).all())


def running_in(session: Session, mailbox_id: int) -> list[str]:
    """Return the versions that read beside the active one of a mailbox: one or none."""
    query = select(Shadow.version).where(Shadow.mailbox_id == mailbox_id, Shadow.stopped_at.is_(None))
    return list(session.scalars(query))


def shadows_of(session: Session, mailbox_id: int) -> dict[str, Shadow]:
    """Return what came of each version that read beside the active one."""
    query = select(Shadow).where(Shadow.mailbox_id == mailbox_id)
    return {shadow.version: shadow for shadow in session.scalars(query)}


def begin(session: Session, mailbox_id: int, version: str, now: datetime) -> None:
    """Let a version read beside the active one, and count anew."""
    fresh: dict[str, Any] = {
        "started_at": now,
        "stopped_at": None,
        "emails": 0,
        "differing": {},
        "examples": [],
    }
    names = {"mailbox_id": mailbox_id, "version": version}
    insert_rows(session, Shadow, [names | fresh], unless_there=list(names))
    session.execute(update(Shadow).where(*_named(mailbox_id, version)).values(fresh))


def stop(session: Session, mailbox_id: int, version: str, now: datetime) -> None:
    """Let one version read no more beside the active one."""
    named = update(Shadow).where(*_named(mailbox_id, version), Shadow.stopped_at.is_(None))
    session.execute(named.values(stopped_at=now))


def stop_all(session: Session, mailbox_id: int, now: datetime) -> int:
    """Let no version read beside the active one any more; return how many did."""
    open_ones = update(Shadow).where(Shadow.mailbox_id == mailbox_id, Shadow.stopped_at.is_(None))
    return int(session.execute(open_ones.values(stopped_at=now)).rowcount)  # type: ignore[attr-defined]


def add_counts(
    session: Session,
    mailbox_id: int,
    version: str,
    *,
    emails: int,
    differing: Differing,
    examples: Sequence[Mapping[str, Any]],
    most_examples: int,
) -> None:
    """Add what a version made of some emails, unless it was stopped meanwhile."""
    query = select(Shadow).where(*_named(mailbox_id, version), Shadow.stopped_at.is_(None)).with_for_update()
    shadow = session.scalars(query).first()
    if shadow is None:
        return
    shadow.emails += emails
    shadow.differing = {
        head: _sum(shadow.differing.get(head, {}), differing.get(head, {}))
        for head in [*shadow.differing, *(head for head in differing if head not in shadow.differing)]
    }
    shadow.examples = [*shadow.examples, *examples][-most_examples:]


def _likeliest(distributions: Mapping[str, Any]) -> tuple[str, str, str, bool]:
    topic, sentiment, urgency = (likeliest(distributions[head]) for head in ("topic", "sentiment", "urgency"))
    return topic, sentiment, urgency, distributions["action_required"] >= 0.5


def _sum(before: Mapping[str, int], more: Mapping[str, int]) -> dict[str, int]:
    return {change: before.get(change, 0) + more.get(change, 0) for change in {**before, **more}}


def _named(mailbox_id: int, version: str) -> tuple[Any, Any]:
    return Shadow.mailbox_id == mailbox_id, Shadow.version == version
