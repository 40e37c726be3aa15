"""The topics of a mailbox: those of the product until it makes a list of its own."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from triage import labels
from triage.errors import UnknownTopic
from triage.storage.dialect import insert_rows
from triage.storage.tables import Mailbox, Topic


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


def topics_of(session: Session, mailbox_id: int) -> list[MailboxTopic]:
    """Return all topics of a mailbox, those it had first leading, retired ones among them."""
    query = select(Topic).where(Topic.mailbox_id == mailbox_id).order_by(Topic.created_at, Topic.key)
    own = [MailboxTopic(topic.name, topic.created_at, topic.retired_at) for topic in session.scalars(query)]
    return own or DEFAULT


def topic_in(session: Session, mailbox_id: int, topic: str) -> str:
    """Return a topic as its mailbox spells it.

    Raises:
        InvalidLabel: This cannot be the name of a topic.
        UnknownTopic: The mailbox has no such topic, or has it no more.
    """
    topic = labels.topic_name(topic)
    known = [one.name for one in topics_of(session, mailbox_id) if one.retired_at is None]
    key = labels.topic_key(topic)
    found = next((name for name in known if labels.topic_key(name) == key), None)
    if found is None:
        mailbox = session.scalars(select(Mailbox.name).where(Mailbox.id == mailbox_id)).one()
        raise UnknownTopic(topic, mailbox, known)
    return found


def names_in_use(session: Session) -> list[str]:
    """Return the topics that any mailbox has, once each, those of the product first."""
    own = session.scalars(select(Topic.name).where(Topic.retired_at.is_(None)).order_by(Topic.name))
    keeps_default = select(Mailbox.id).where(~select(Topic).where(Topic.mailbox_id == Mailbox.id).exists()).limit(1)
    default = [topic.name for topic in DEFAULT]
    named = list(dict.fromkeys(own))
    if session.scalar(keeps_default) is not None or not named:
        return list(dict.fromkeys([*default, *named]))
    return [*(name for name in default if name in named), *(name for name in named if name not in default)]


def add(session: Session, mailbox_id: int, names: Sequence[str], now: datetime) -> None:
    """Give a mailbox topics; one that it has, in any spelling, stays as it is, a retired one comes back."""
    _begin_list(session, mailbox_id, now)
    rows = {labels.topic_key(name): _row(mailbox_id, name, now) for name in names}
    insert_rows(session, Topic, list(rows.values()), unless_there=["mailbox_id", "key"])
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
