"""Taking many emails off the inbox, or putting them back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.audit import note_each
from triage.storage import emails
from triage.storage.inbox import InboxFilter, ids_where
from triage.storage.session import Database

# Short transactions, so that nobody waits for a lock.
BATCH = 200
# From as many on, nobody looked at each of them for long.
MANY = 10


@dataclass(frozen=True, slots=True)
class Closed:
    """What became of many.

    Attributes:
        changed: The emails that were moved, by id; reopening exactly these undoes it.
        not_found: Of the emails named, those that are not stored.
        last_id: Up to which email a filter was followed; `None` when it lets no more pass.
    """

    changed: tuple[int, ...]
    not_found: tuple[int, ...] = ()
    last_id: int | None = None


def close_many(
    database: Database,
    wanted: Sequence[int] | InboxFilter,
    handled_at: datetime | None,
    *,
    after: int = 0,
    limit: int = 1000,
) -> Closed:
    """Mark emails as done at a time, or reopen them with `None`.

    They are named by id, or are at most `limit` that a filter lets pass, by id, after one. Safe to repeat: one that is
    done keeps its time, and one that is open stays where it is.
    """
    is_filter = isinstance(wanted, InboxFilter)
    with database.reading() as session:
        asked = ids_where(session, wanted, after=after, limit=limit) if isinstance(wanted, InboxFilter) else wanted
        found = sorted(emails.mailboxes_of(session, asked))
    changed: list[int] = []
    for start in range(0, len(found), BATCH):
        with database.unit_of_work() as session:
            batch = found[start : start + BATCH]
            moved = emails.set_handled_of(session, batch, handled_at, with_many=len(found) >= MANY)
            action = "email.reopened" if handled_at is None else "email.done"
            note_each(session, action, emails.mailboxes_of(session, moved))
        changed += moved
    if is_filter:
        return Closed(tuple(changed), last_id=found[-1] if len(asked) == limit else None)
    return Closed(tuple(changed), not_found=tuple(sorted(set(asked) - set(found))))
