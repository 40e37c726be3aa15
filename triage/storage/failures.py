"""What was set aside (dead letters) and nobody has discarded: by cause, one by one, and moved on.

Emails and images are set aside alike, in tables of their own with the same columns; a filter is about one of the two.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Select, func, literal, select, update
from sqlalchemy.orm import Session

from triage.storage.emails import FAILED, QUEUED
from triage.storage.inbox import InboxRow, inbox_rows, rows_of
from triage.storage.tables import Email, Image, Mailbox

IDS_IN_GROUP = 3


class SetAside(StrEnum):
    """What it is that was set aside."""

    EMAILS = "emails"
    IMAGES = "images"


_TABLES: Mapping[SetAside, type[Email] | type[Image]] = {SetAside.EMAILS: Email, SetAside.IMAGES: Image}


@dataclass(frozen=True, slots=True)
class FailedFilter:
    """Which of what was set aside is meant; `None` lets all pass.

    Attributes:
        of: Whether emails or images are meant.
        error: Found in the words of the cause, in any case.
        since: Set aside at this time or later.
        until: Set aside before this time.
    """

    ids: Sequence[int] | None = None
    mailbox: str | None = None
    stage: str | None = None
    error: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    of: SetAside = SetAside.EMAILS

    @property
    def table(self) -> type[Email] | type[Image]:
        """Where they are."""
        return _TABLES[self.of]


@dataclass(frozen=True, slots=True)
class FailedGroup:
    """What the same cause set aside at the same stage.

    Attributes:
        first_failed_at: When the first of them was set aside; `None` when an earlier release did it.
        ids: The oldest few of them.
    """

    stage: str
    error: str
    count: int
    first_failed_at: datetime | None
    last_failed_at: datetime | None
    ids: tuple[int, ...]


def failed_groups(session: Session, wanted: FailedFilter, *, limit: int = 100) -> list[FailedGroup]:
    """Return the groups of what was set aside, largest first."""
    count, of = func.count(), wanted.table
    query = (
        select(of.error_stage, of.error, count, func.min(of.failed_at), func.max(of.failed_at))
        .where(*_conditions(wanted))
        .group_by(of.error_stage, of.error)
        .order_by(count.desc(), func.min(of.id))
        .limit(limit)
    )
    groups = session.execute(query).all()
    # One look into the index for each group costs less than numbering all rows within their groups.
    return [
        FailedGroup(stage or "", error or "", count, first, last, _first_ids(session, wanted, stage, error))
        for stage, error, count, first, last in groups
    ]


def failed_page(session: Session, wanted: FailedFilter, *, after: int = 0, limit: int = 50) -> list[InboxRow]:
    """Return emails that were set aside, in the order of ids, those after one."""
    page = inbox_rows().where(*_conditions(wanted), Email.id > after).order_by(Email.id).limit(limit)
    return rows_of(session, page)


def failed_ids(session: Session, wanted: FailedFilter, *, after: int = 0, limit: int) -> list[int]:
    """Return the ids of what was set aside, in their order, those after one."""
    return list(session.scalars(_ids(wanted, after, limit)))


def count_failed(session: Session, wanted: FailedFilter) -> int:
    """Return how many were set aside."""
    return session.scalar(select(func.count()).select_from(wanted.table).where(*_conditions(wanted))) or 0


def count_failed_by_stage(session: Session) -> dict[str, int]:
    """Return how many emails were set aside at each stage, stages without any left out."""
    query = select(Email.error_stage, func.count()).where(*_set_aside(Email)).group_by(Email.error_stage)
    return {stage or "": count for stage, count in session.execute(query)}


def requeue(session: Session, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> dict[int, str]:
    """Give a fresh start to at most `limit` after one; return at which stage each failed, by rising id.

    Two that requeue at once get different ones: neither waits for what the other has in hand.
    """
    values = {
        "state": QUEUED,
        "attempts": 0,
        "error": None,
        "error_stage": None,
        "failed_at": None,
        "enqueued_at": now,
    }
    return _move(session, wanted, after, limit, values)


def discard(session: Session, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> list[int]:
    """Take at most `limit` after one off this list, and emails off the inbox; return which, in the order of ids."""
    return list(_move(session, wanted, after, limit, {"handled_at": now}))


def _first_ids(session: Session, wanted: FailedFilter, stage: str | None, error: str | None) -> tuple[int, ...]:
    query = _ids(wanted, 0, IDS_IN_GROUP).where(wanted.table.error_stage == stage, wanted.table.error == error)
    return tuple(session.scalars(query))


def _move(session: Session, wanted: FailedFilter, after: int, limit: int, values: dict[str, Any]) -> dict[int, str]:
    """Change rows that nobody else has in hand; return at which stage each had failed."""
    of = wanted.table
    query = _ids(wanted, after, limit).add_columns(of.error_stage).with_for_update(skip_locked=True)
    stages = {one: stage or "" for one, stage in session.execute(query)}
    if stages:
        session.execute(update(of).where(of.id.in_(stages)).values(values))
    return stages


def _ids(wanted: FailedFilter, after: int, limit: int) -> Select[int]:
    of = wanted.table
    return select(of.id).where(*_conditions(wanted), of.id > after).order_by(of.id).limit(limit)


def _set_aside(of: type[Email] | type[Image]) -> list[ColumnElement[bool]]:
    # Rendered into the statement: a planner must see the state to take the partial index that is made for it.
    return [of.state == literal(FAILED, literal_execute=True), of.handled_at.is_(None)]


def _conditions(wanted: FailedFilter) -> list[ColumnElement[bool]]:
    of = wanted.table
    conditions = _set_aside(of)
    if wanted.ids is not None:
        conditions.append(of.id.in_(wanted.ids))
    if wanted.mailbox is not None:
        named = select(Mailbox.id).where(Mailbox.name == wanted.mailbox).scalar_subquery()
        # Plus nothing, or SQLite would rather walk over all mail of the mailbox than over all that failed.
        conditions.append(of.mailbox_id + 0 == named)
    if wanted.stage is not None:
        conditions.append(of.error_stage == wanted.stage)
    if wanted.error is not None:
        conditions.append(of.error.icontains(wanted.error, autoescape=True))
    if wanted.since is not None:
        conditions.append(of.failed_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(of.failed_at < wanted.until)
    return conditions
