"""Letting go of mail when its time is over: its bytes, its text, or all of it, as each mailbox wants.

Time is counted from when we stored a mail, for what it says of itself anybody can write. Mail goes in batches, oldest
first, each in a transaction of its own: who is stopped leaves the rest to the next call, and to two at once it makes no
difference. All mail of its age goes, open mail as well; a person who wants to keep some sets a longer time.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from triage.audit import note
from triage.storage import mailboxes, retention
from triage.storage.retention import ALL, RAW, TEXT
from triage.storage.session import Database
from triage.storage.tables import Retention

# Emails of one transaction, and transactions of one call: other work of a worker waits no longer.
BATCH, MOST_BATCHES = 200, 25


@dataclass(frozen=True, slots=True)
class Periods:
    """For how many days a mailbox keeps the bytes, the text and all of its mail; 0 is for ever."""

    raw: int = 0
    text: int = 0
    all: int = 0

    def of(self, set_for_it: Retention | None) -> "Periods":
        """Return those of a mailbox, where these are the default."""
        if set_for_it is None:
            return self
        told = {RAW: set_for_it.raw_days, TEXT: set_for_it.text_days, ALL: set_for_it.all_days}
        return replace(self, **{what: days for what, days in told.items() if days is not None})


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of a mailbox, and which of it was set for it and is no default."""

    mailbox: str
    periods: Periods
    own: dict[str, int | None]


@dataclass(frozen=True, slots=True)
class Purged:
    """How many emails lost their bytes, their text, or all, and how many images went that were posted on their own."""

    raw: int = 0
    text: int = 0
    all: int = 0
    images: int = 0

    def __bool__(self) -> bool:
        """Whether there was anything to let go of."""
        return bool(self.raw or self.text or self.all or self.images)

    def __add__(self, more: "Purged") -> "Purged":
        """Return both together."""
        return Purged(self.raw + more.raw, self.text + more.text, self.all + more.all, self.images + more.images)


def kept_by_mailbox(session: Session, default: Periods) -> list[Kept]:
    """Return for how long each mailbox keeps mail, by name."""
    return [Kept(mailbox.name, default.of(own), _own(own)) for mailbox, own in retention.settings_of(session)]


def keep(session: Session, mailbox: str, days: dict[str, int | None], author: str, now: datetime) -> None:
    """Set for how many days a mailbox keeps `raw`, `text` or `all` of its mail: 0 for ever, `None` as by default.

    Raises:
        MailboxNotFound: There is no such mailbox.
    """
    mailbox_id = mailboxes.require_mailbox(session, mailbox)
    row = retention.retention_of(session, mailbox_id)
    for what, told in days.items():
        setattr(row, f"{what}_days", told)
    row.changed_at, row.author = now, author
    session.flush()
    note(session, "retention.set", f"mailbox {mailbox}", mailbox_id=mailbox_id, days=dict(days))


def purge(database: Database, default: Periods, now: datetime) -> Purged:
    """Let go of what is older than it may be; return how much that was. What a call leaves the next one finds."""
    with database.reading() as session:
        wanted = {mailbox.id: default.of(own) for mailbox, own in retention.settings_of(session)}
    total = Purged()
    for mailbox_id, periods in wanted.items():
        # Most first: mail that goes altogether need not be emptied before.
        for what, days in ((ALL, periods.all), (TEXT, periods.text), (RAW, periods.raw)):
            if days:
                count = _in_batches(database, _STEPS[what], mailbox_id, now - timedelta(days=days), now)
                total = replace(total, **{what: getattr(total, what) + count})
        if periods.all:
            count = _in_batches(database, _images, mailbox_id, now - timedelta(days=periods.all), now)
            total = replace(total, images=total.images + count)
    if total:
        database.settle()
    return total


Step = Callable[[Session, int, datetime, datetime], int]


def _in_batches(database: Database, step: Step, mailbox_id: int, before: datetime, now: datetime) -> int:
    total = 0
    for _ in range(MOST_BATCHES):
        with database.unit_of_work() as session:
            retention.overwrite(session)
            count = step(session, mailbox_id, before, now)
            if count:
                what = step.__name__.strip("_")
                note(session, "mail.purged", mailbox_id=mailbox_id, what=what, count=count, before=before.isoformat())
        total += count
        if count < BATCH:
            break
    return total


def _raw(session: Session, mailbox_id: int, before: datetime, now: datetime) -> int:  # noqa: ARG001 (a step)
    row = retention.retention_of(session, mailbox_id)
    ids = retention.stored_before(session, mailbox_id, before, after=max(row.raw_to, row.text_to), limit=BATCH)
    if ids:
        retention.forget_raw(session, ids)
        row.raw_to = ids[-1]
    return len(ids)


def _text(session: Session, mailbox_id: int, before: datetime, now: datetime) -> int:
    row = retention.retention_of(session, mailbox_id)
    ids = retention.stored_before(session, mailbox_id, before, after=row.text_to, limit=BATCH)
    if ids:
        retention.forget_text(session, ids, now)
        row.text_to = ids[-1]
    return len(ids)


def _all(session: Session, mailbox_id: int, before: datetime, now: datetime) -> int:
    ids = retention.stored_before(session, mailbox_id, before, after=0, limit=BATCH)
    if ids:
        retention.forget_all(session, ids, now)
    return len(ids)


def _images(session: Session, mailbox_id: int, before: datetime, now: datetime) -> int:  # noqa: ARG001 (a step)
    ids = retention.posted_before(session, mailbox_id, before, limit=BATCH)
    if ids:
        retention.forget_images(session, ids)
    return len(ids)


_STEPS: dict[str, Step] = {RAW: _raw, TEXT: _text, ALL: _all}


def _own(row: Retention | None) -> dict[str, int | None]:
    if row is None:
        return {RAW: None, TEXT: None, ALL: None}
    return {RAW: row.raw_days, TEXT: row.text_days, ALL: row.all_days}
