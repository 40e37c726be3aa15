"""Which topics a mailbox has."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.orm import Session

from triage.audit import note
from triage.errors import MailboxNotFound, UnknownTopic
from triage.labels import topic_key, topic_name
from triage.storage import labels, topics
from triage.storage.mailboxes import ensure_mailbox, mailbox_id
from triage.storage.topics import MailboxTopic


def topic_list(session: Session, mailbox: str) -> list[tuple[MailboxTopic, int]]:
    """Return the topics of a mailbox, retired ones among them, each with how many emails people gave it.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    found = _known(session, mailbox)
    counts = labels.count_by_topic(session, found)
    return [(topic, counts.get(topic.name, 0)) for topic in topics.topics_of(session, found)]


def add_topics(session: Session, mailbox: str, names: Sequence[str], now: datetime) -> None:
    """Give a mailbox topics, and make it when it is new; one that it has stays, a retired one comes back.

    Raises:
        InvalidLabel: A name cannot be used; none was added.
    """
    checked = [topic_name(name) for name in names]
    number = ensure_mailbox(session, mailbox, now)
    topics.add(session, number, checked, now)
    note(session, "topic.added", mailbox_id=number, topics=checked)


def retire_topic(session: Session, mailbox: str, name: str, now: datetime) -> None:
    """Let nobody label mail with a topic any more; mail that was keeps it. Safe to repeat.

    Raises:
        MailboxNotFound: There is no such mailbox.
        UnknownTopic: It never had such a topic.
    """
    found = _known(session, mailbox)
    name, had = topic_name(name), topics.topics_of(session, found)
    if topic_key(name) not in {topic_key(topic.name) for topic in had}:
        raise UnknownTopic(name, mailbox, [topic.name for topic in had if topic.retired_at is None])
    topics.retire(session, found, name, now)
    note(session, "topic.retired", f"topic {name}", mailbox_id=found)


def _known(session: Session, mailbox: str) -> int:
    found = mailbox_id(session, mailbox)
    if found is None:
        raise MailboxNotFound(mailbox)
    return found
