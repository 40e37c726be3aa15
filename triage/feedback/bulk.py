"""Saying the same of many emails, some at a time."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from triage.feedback.sayings import Labelled, label
from triage.labels import Source
from triage.ranking import Policies, Statement
from triage.storage import emails, topics
from triage.storage.inbox import InboxFilter, ids_where
from triage.storage.session import Database

# Short transactions, so that nobody waits for a lock.
BATCH = 200


@dataclass(frozen=True, slots=True)
class Bulk:
    """What became of many.

    Attributes:
        labelled: How many were labelled now.
        known: How many were labelled so already.
        not_found: Of the emails named, those that are not stored.
        last_id: Up to which email a filter was followed; `None` when it lets no more pass.
        label_ids: The labels that are new; withdrawing exactly these undoes it.
    """

    labelled: int
    known: int
    not_found: tuple[int, ...] = ()
    last_id: int | None = None
    label_ids: tuple[int, ...] = field(default=(), compare=False)


def label_many(
    database: Database,
    wanted: Sequence[int] | InboxFilter,
    statement: Statement,
    *,
    source: Source | str,
    author: str,
    now: datetime,
    policy: Policies,
    after: int = 0,
    limit: int = 1000,
) -> Bulk:
    """Say the same of emails named by id, or of at most `limit` that a filter lets pass, by id, after one.

    Safe to repeat, as `label` is: whoever is stopped between two batches says it again.

    Raises:
        InvalidLabel: The statement says nothing; nothing was labelled.
        UnknownTopic: A mailbox of these emails has no such topic; nothing was labelled.
    """
    with database.reading() as session:
        asked = ids_where(session, wanted, after=after, limit=limit) if isinstance(wanted, InboxFilter) else wanted
        found = emails.mailboxes_of(session, asked)
        if statement.topic is not None:
            for mailbox_id in set(found.values()):
                topics.topic_in(session, mailbox_id, statement.topic)
    ids, done = sorted(found), list[Labelled]()
    for start in range(0, max(len(ids), 1), BATCH):
        with database.unit_of_work() as session:
            batch = ids[start : start + BATCH]
            done += label(session, batch, statement, source=source, author=author, now=now, policy=policy)
    made = tuple(one.label_id for one in done if one.is_new)
    new, known = len(made), len(done) - len(made)
    if isinstance(wanted, InboxFilter):
        return Bulk(new, known, last_id=ids[-1] if len(asked) == limit else None, label_ids=made)
    missing = tuple(sorted(set(asked) - {one.email_id for one in done}))
    return Bulk(new, known, not_found=missing, label_ids=made)
