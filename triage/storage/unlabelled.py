"""Emails that a model has read and nobody has labelled."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from triage.labels import Source
from triage.storage.emails import READ
from triage.storage.tables import Email, Label, Verdict

WINDOW = 5000  # how many of the newest emails are looked at


@dataclass(frozen=True, slots=True)
class Unlabelled:
    """What is believed of an email, and what the model saw of it.

    Attributes:
        distributions: As the verdict keeps them; those of memory, where it has some, in their place.
        representation: Empty where the model kept none.
    """

    id: int
    model_version: str
    distributions: Mapping[str, Any]
    representation: bytes


def least_sure(session: Session, mailbox_id: int, *, limit: int) -> list[Unlabelled]:
    """Return those of a mailbox's newest emails that the model is least sure of, over all heads.

    What a rule says is no label here: a rule teaches nobody.
    """
    newest = (
        select(Email.id, Email.model_version)
        .where(Email.mailbox_id == mailbox_id, Email.state == READ)
        .order_by(Email.id.desc())
        .limit(WINDOW)
        .subquery()
    )
    by_people = select(Label.id).where(
        Label.email_id == newest.c.id, Label.withdrawn_at.is_(None), Label.source != Source.RULE
    )
    confidence = (
        Verdict.topic_confidence + Verdict.sentiment_confidence + Verdict.urgency_confidence + Verdict.action_confidence
    )
    query = (
        select(newest.c.id, Verdict.model_version, Verdict.distributions, Verdict.representation)
        .join(Verdict, (Verdict.email_id == newest.c.id) & (Verdict.model_version == newest.c.model_version))
        .where(~by_people.exists())
        .order_by(confidence, newest.c.id.desc())
        .limit(limit)
    )
    return [
        Unlabelled(email_id, version, distributions, representation or b"")
        for email_id, version, distributions, representation in session.execute(query)
    ]
