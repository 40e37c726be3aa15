"""What reports are made from: when mail came and was handled, and what people said of mail that the model had read.

Nothing here looks at what emails say, and no question walks over more than the newest mail of an instance.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from triage.labels import Source
from triage.storage.tables import Email, Label, Verdict

MOST_PASSAGES = 20_000  # of a mailbox
MOST_LOOKED_AT = 100_000  # of all mailboxes
MOST_LABELS = 5_000


@dataclass(frozen=True, slots=True)
class Passage:
    """The way of one email through the inbox.

    Attributes:
        handled_at: `None` while it waits.
        rank_at: Its sort key in the ranked inbox, as it is now; lower is more pressing.
        topic: `None` before there is a verdict.
    """

    received_at: datetime
    handled_at: datetime | None
    rank_at: datetime
    band: str
    topic: str | None


@dataclass(frozen=True, slots=True)
class Saying:
    """A topic that a person gave to an email, and the one that the model alone had given it before."""

    said_at: datetime
    person: str
    model: str


def passages(session: Session, mailbox_id: int, *, since: datetime) -> list[Passage]:
    """Return the emails of a mailbox that came since a moment, in order of arrival; the newest `MOST_PASSAGES`."""
    newest = select(func.coalesce(func.max(Email.id), 0)).scalar_subquery()
    query = (
        select(Email.received_at, Email.handled_at, Email.rank_at, Email.band, Email.topic)
        .where(Email.id > newest - MOST_LOOKED_AT, Email.mailbox_id == mailbox_id, Email.received_at >= since)
        .order_by(Email.id.desc())
        .limit(MOST_PASSAGES)
    )
    found = [Passage(*row) for row in session.execute(query)]
    return sorted(found, key=lambda one: one.received_at)


def sayings(session: Session, mailbox_id: int, *, since: datetime) -> list[Saying]:
    """Return the topics that people gave since a moment where the model had read the email before, oldest first.

    Of an email it is the last that was said, and the last verdict before that. Memory learns from what people say, so
    it is left out: the verdict counts as the model gave it.
    """
    query = (
        select(Label.email_id, Label.said_at, Label.topic, Verdict.topic, Verdict.unaided)
        .join(Verdict, (Verdict.email_id == Label.email_id) & (Verdict.created_at <= Label.said_at))
        .where(
            Label.mailbox_id == mailbox_id,
            Label.said_at >= since,
            Label.topic.is_not(None),
            Label.withdrawn_at.is_(None),
            Label.source.in_((Source.HUMAN, Source.CLIENT)),
        )
        .order_by(Label.said_at.desc(), Label.id.desc(), Verdict.created_at.desc())
        .limit(MOST_LABELS)
    )
    last: dict[int, Saying] = {}
    for email_id, said_at, person, topic, unaided in session.execute(query):
        last.setdefault(email_id, Saying(said_at, person, _alone(topic, unaided)))
    return list(reversed(last.values()))


def _alone(topic: str, unaided: dict[str, Any] | None) -> str:
    shares = (unaided or {}).get("topic")
    return str(max(shares, key=shares.__getitem__)) if shares else topic
