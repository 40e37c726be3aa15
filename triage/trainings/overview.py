"""How it stands with the training of a mailbox, in words and figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from triage import labels, registry
from triage.errors import MailboxNotFound
from triage.storage import mailboxes, topics, trainings
from triage.storage.labels import count_by_topic
from triage.storage.tables import Training
from triage.trainings.labels import selection_of
from triage.trainings.request import Calendar, due, new_labels
from triage.trainings.selection import LEAST_OF_TOPIC, topic_wants
from triage.trainings.sides import Side


@dataclass(frozen=True, slots=True)
class Overview:
    """What a training of a mailbox would work with now, what the last one came to, and when the next one is.

    Attributes:
        active: The version that the mailbox is read with; `None` for the shipped model.
        ignored: Reason to how many emails.
        next_run: When, in words.
        blockers: What keeps the mailbox from being trained, as sentences.
        waiting_topics: Topics that want more labels, as sentences.
    """

    mailbox: str
    active: str | None
    learned: int
    held_out: int
    ignored: Mapping[str, int]
    waiting_topics: Sequence[str]
    last: Training | None
    unfinished: Training | None
    next_run: str
    blockers: Sequence[str]


def overview(session: Session, mailbox: str, calendar: Calendar, now: datetime) -> Overview:
    """Return how it stands with a mailbox.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    mailbox_id = mailboxes.mailbox_id(session, mailbox)
    if mailbox_id is None:
        raise MailboxNotFound(mailbox)
    selection = selection_of(session, mailbox_id)
    unfinished = trainings.unfinished_training(session, mailbox_id)
    return Overview(
        mailbox=mailbox,
        active=registry.active_version(session, mailbox_id),
        learned=len(selection.on(Side.LEARNED)),
        held_out=len(selection.on(Side.HELD_OUT)),
        ignored=selection.ignored,
        waiting_topics=selection.waiting_topics,
        last=trainings.last_training(session, mailbox_id),
        unfinished=unfinished,
        next_run=_next_run(session, mailbox_id, unfinished, calendar, now),
        blockers=selection.blockers,
    )


def waiting_topics(session: Session) -> dict[str, list[str]]:
    """Return, by mailbox, which of its own topics want more labels; mailboxes without any are left out."""
    shipped, found = frozenset(map(str, labels.Topic)), {}
    for mailbox_id, mailbox in topics.mailboxes_with_list(session):
        own = [one.name for one in topics.topics_of(session, mailbox_id) if one.retired_at is None]
        counted = count_by_topic(session, mailbox_id, of_rules=False)
        count = {labels.topic_key(topic): times for topic, times in counted.items()}
        wanting = {topic: count.get(labels.topic_key(topic), 0) for topic in own if topic not in shipped}
        sentences = [topic_wants(topic, times) for topic, times in wanting.items() if times < LEAST_OF_TOPIC]
        if sentences:
            found[mailbox] = sentences
    return found


def _next_run(session: Session, mailbox_id: int, unfinished: Training | None, calendar: Calendar, now: datetime) -> str:
    if unfinished is not None:
        return f"training {unfinished.id} is {unfinished.state}"
    cause = due(session, mailbox_id, calendar, now)
    if cause is not None:
        return "within seconds"
    last = next(iter(trainings.newest_trainings(session, mailbox_id, limit=1)), None)
    new = new_labels(session, mailbox_id, last)
    when = []
    if calendar.after_labels:
        when.append(f"after {max(calendar.after_labels - new, 1)} more labels")
    if calendar.every and last is not None:
        at = (last.requested_at + calendar.every).isoformat(timespec="minutes")
        when.append(f"at {at} if anything is new" if at > now.isoformat(timespec="minutes") else "when anything is new")
    return ", or ".join(when) or "when somebody asks for it"
