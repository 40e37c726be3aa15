"""Emails that were set aside (dead letters) and that nobody has discarded: by cause, one by one, and moved on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, update
from sqlalchemy.orm import Session

from triage.storage.emails import IS_FAILED, QUEUED
from triage.storage.inbox import InboxRow, inbox_rows, rows_of
from triage.storage.tables import Email, Mailbox

IDS_IN_GROUP = 3

SET_ASIDE = (IS_FAILED, Email.handled_at.is_(None))


@dataclass(frozen=True, slots=True)
class FailedFilter:
    """Which of the emails that were set aside are meant; `None` lets all pass.

    Attributes:
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


@dataclass(frozen=True, slots=True)
class FailedGroup:
    """Emails that the same cause set aside at the same stage.

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
    count = func.count()
    query = (
        select(Email.error_stage, Email.error, count, func.min(Email.failed_at), func.max(Email.failed_at))
        .where(*_conditions(wanted))
        .group_by(Email.error_stage, Email.error)
        .order_by(count.desc(), func.min(Email.id))
        .limit(limit)
    )
    groups = session.execute(query).all()
    # One look into the index for each group costs less than numbering all rows within their groups.
    return [
        FailedGroup(stage or "", error or "", count, first, last, _first_ids(session, wanted, stage, error))
        for stage, error, count, first, last in groups
    ]


def failed_page(session: Session, wanted: FailedFilter, *, after: int = 0, limit: int = 50) -> list[InboxRow]:
    """Return what was set aside, in the order of ids, those after one."""
    page = inbox_rows().where(*_conditions(wanted), Email.id > after).order_by(Email.id).limit(limit)
    return rows_of(session, page)


def failed_ids(session: Session, wanted: FailedFilter, *, after: int = 0, limit: int) -> list[int]:
    """Return the ids of what was set aside, in their order, those after one."""
    return list(session.scalars(_ids(wanted, after, limit)))


def count_failed(session: Session, wanted: FailedFilter) -> int:
    """Return how many were set aside."""
    return session.scalar(select(func.count()).select_from(Email).where(*_conditions(wanted))) or 0


def count_failed_by_stage(session: Session) -> dict[str, int]:
    """Return how many were set aside at each stage, stages without any left out."""
    query = select(Email.error_stage, func.count()).where(*SET_ASIDE).group_by(Email.error_stage)
    return {stage or "": count for stage, count in session.execute(query)}


def requeue(session: Session, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> dict[int, str]:
    """Give emails a fresh start, at most `limit` of them after one; return at which stage each failed, by rising id.

    Two that requeue at once get different emails: neither waits for what the other has in hand.
    """
    values = {
        "state": QUEUED,
        "attempts": 0,
        "error": None,
        "error_stage": None,
        "failed_at": None,
        "enqueued_at": now,
    }
    return _move(session, _ids(wanted, after, limit), values)


def discard(session: Session, wanted: FailedFilter, now: datetime, *, after: int = 0, limit: int) -> list[int]:
    """Take emails off the inbox and this list, at most `limit` of them after one; return which, in the order of ids."""
    return list(_move(session, _ids(wanted, after, limit), {"handled_at": now}))


def _first_ids(session: Session, wanted: FailedFilter, stage: str | None, error: str | None) -> tuple[int, ...]:
    query = _ids(wanted, 0, IDS_IN_GROUP).where(Email.error_stage == stage, Email.error == error)
    return tuple(session.scalars(query))


def _move(session: Session, query: Select[int], values: dict[str, Any]) -> dict[int, str]:
    """Change emails that nobody else has in hand; return at which stage each had failed."""
    locked = session.execute(query.add_columns(Email.error_stage).with_for_update(skip_locked=True))
    stages = {email_id: stage or "" for email_id, stage in locked}
    if stages:
        session.execute(update(Email).where(Email.id.in_(stages)).values(values))
    return stages


def _ids(wanted: FailedFilter, after: int, limit: int) -> Select[int]:
    return select(Email.id).where(*_conditions(wanted), Email.id > after).order_by(Email.id).limit(limit)


def _conditions(wanted: FailedFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = list(SET_ASIDE)
    if wanted.ids is not None:
        conditions.append(Email.id.in_(wanted.ids))
    if wanted.mailbox is not None:
        named = select(Mailbox.id).where(Mailbox.name == wanted.mailbox).scalar_subquery()
        # Plus nothing, or SQLite would rather walk over all mail of the mailbox than over all that failed.
        conditions.append(Email.mailbox_id + 0 == named)
    if wanted.stage is not None:
        conditions.append(Email.error_stage == wanted.stage)
    if wanted.error is not None:
        conditions.append(Email.error.icontains(wanted.error, autoescape=True))
    if wanted.since is not None:
        conditions.append(Email.failed_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(Email.failed_at < wanted.until)
    return conditions
