"""The topics of a mailbox: those of the product until it makes a list of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage import labels
from triage.errors import UnknownTopic
from triage.storage.dialect import insert_rows
from triage.storage.tables import Email, Mailbox, Topic


@dataclass(frozen=True, slots=True)
class MailboxTopic:
    """A topic of a mailbox.

    Attributes:
        created_at: `None` for one of the product that no list of the mailbox's own names yet.
        retired_at: Since then no mail is given this topic by a person.
    """

    name: str
    created_at: datetime | None = None
    retired_at: datetime | None = None


DEFAULT = [MailboxTopic(name.value) for name in labels.Topic]
_ORDER = {topic.name: place for place, topic in enumerate(DEFAULT)}


def topics_of(session: Session, mailbox_id: int) -> list[MailboxTopic]:
    """Return all topics of a mailbox, the product's first, then its own as they were added; retired ones among them."""
    own = session.scalars(select(Topic).where(Topic.mailbox_id == mailbox_id)).all()
    in_order = sorted(own, key=lambda topic: (_ORDER.get(topic.name, len(_ORDER)), topic.created_at, topic.key))
    return [MailboxTopic(topic.name, topic.created_at, topic.retired_at) for topic in in_order] or DEFAULT


def topic_in(session: Session, mailbox_id: int, topic: str) -> str:
    """Return a topic as its mailbox spells it.

    Raises:
        InvalidLabel: This cannot be the name of a topic.
        UnknownTopic: The mailbox has no such topic, or has it no more.
    """
    mailbox = session.scalars(select(Mailbox.name).where(Mailbox.id == mailbox_id)).one()
    return _spelled(topic, mailbox, topics_of(session, mailbox_id))


def topic_for(session: Session, mailbox: str, topic: str) -> str:
    """Return a topic as a mailbox spells it, or would once the first mail makes it; raise as `topic_in` does."""
    mailbox_id = session.scalar(select(Mailbox.id).where(Mailbox.name == mailbox))
    return _spelled(topic, mailbox, DEFAULT if mailbox_id is None else topics_of(session, mailbox_id))


def _spelled(topic: str, mailbox: str, its_topics: Sequence[MailboxTopic]) -> str:
    name, known = labels.topic_name(topic), [one.name for one in its_topics if one.retired_at is None]
    found = next((one for one in known if labels.topic_key(one) == labels.topic_key(name)), None)
    if found is None:
        raise UnknownTopic(name, mailbox, known)
    return found


def topics_for_email(session: Session, email_id: int) -> list[str]:
    """Return the topics that a person may give an email."""
    mailbox_id = session.scalars(select(Email.mailbox_id).where(Email.id == email_id)).one()
    return [topic.name for topic in topics_of(session, mailbox_id) if topic.retired_at is None]


def mailboxes_with_list(session: Session) -> list[tuple[int, str]]:
    """Return number and name of each mailbox that made a list of its own."""
    query = select(Mailbox.id, Mailbox.name).join(Topic, Topic.mailbox_id == Mailbox.id).distinct()
    return [(mailbox_id, name) for mailbox_id, name in session.execute(query.order_by(Mailbox.name))]


def names_in_use(session: Session) -> list[str]:
    """Return the topics that any mailbox has, once each, the product's first."""
    names = set(session.scalars(select(Topic.name).where(Topic.retired_at.is_(None))))
    without_list = select(Mailbox.id).where(~select(Topic).where(Topic.mailbox_id == Mailbox.id).exists()).limit(1)
    if not names or session.scalar(without_list) is not None:
        names |= set(_ORDER)
    return sorted(names, key=lambda name: (_ORDER.get(name, len(_ORDER)), labels.topic_key(name)))


def add(session: Session, mailbox_id: int, names: Sequence[str], now: datetime) -> None:
    """Give a mailbox topics; one that it has, in any spelling, stays as it is, a retired one comes back."""
    _begin_list(session, mailbox_id, now)
    rows = {labels.topic_key(name): _row(mailbox_id, name, now) for name in names}
    # In order, so that two who add the same topics wait for each other and never in a circle.
    insert_rows(session, Topic, [rows[key] for key in sorted(rows)], unless_there=["mailbox_id", "key"])
    _set_retired(session, mailbox_id, rows, None)


def retire(session: Session, mailbox_id: int, name: str, now: datetime) -> None:
    """Take a topic off the list; mail that was labelled with it keeps it."""
    _begin_list(session, mailbox_id, now)
    _set_retired(session, mailbox_id, [labels.topic_key(name)], now)


def _begin_list(session: Session, mailbox_id: int, now: datetime) -> None:
    if session.scalar(select(Topic.key).where(Topic.mailbox_id == mailbox_id).limit(1)) is None:
        rows = [_row(mailbox_id, topic.name, now) for topic in DEFAULT]
        insert_rows(session, Topic, rows, unless_there=["mailbox_id", "key"])


def _row(mailbox_id: int, name: str, now: datetime) -> dict[str, object]:
    return {"mailbox_id": mailbox_id, "key": labels.topic_key(name), "name": name, "created_at": now}


def _set_retired(session: Session, mailbox_id: int, keys: Iterable[str], retired_at: datetime | None) -> None:
    of_these = (Topic.mailbox_id == mailbox_id, Topic.key.in_(list(keys)))
    is_other = Topic.retired_at.is_(None) if retired_at is not None else Topic.retired_at.is_not(None)
    session.execute(update(Topic).where(*of_these, is_other).values(retired_at=retired_at))
