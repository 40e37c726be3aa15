"""The prioritized inbox, page by page."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeVarTuple

from sqlalchemy import Select, or_, select, tuple_
from sqlalchemy.orm import Session

from triage.storage.incidents import incidents_led
from triage.storage.labels import InForce, labels_in_force
from triage.storage.tables import Email, Incident, Mailbox, Verdict
from triage.storage.verdicts import OF_THIS_VERSION

MOST_WORDS = 10
# What a list may be asked for besides the states of reading.
HANDLED, SNOOZED = "handled", "snoozed"

Columns = TypeVarTuple("Columns")


class InboxCursor(NamedTuple):
    """The sort key of the last row that a page showed."""

    rank_at: datetime
    email_id: int


@dataclass(frozen=True, slots=True)
class InboxFilter:
    """Which emails to list; `None` lets all pass.

    Attributes:
        state: `queued`, `read`, `failed`, `handled` for those a person has done, or `snoozed` for those put off.
        words: Found in subject, sender or snippet, all of them, in any case.
        due_before: Those that should have been answered before a moment.
    """

    mailbox: str | None = None
    topic: str | None = None
    band: str | None = None
    state: str | None = None
    words: Sequence[str] = ()
    due_before: datetime | None = None


@dataclass(frozen=True, slots=True)
class InboxRow:
    """An email with the name of its mailbox and its verdict, `None` before it has one.

    Attributes:
        labels: What people said of it; `None` when nobody did.
    """

    email: Email
    mailbox: str
    verdict: Verdict | None
    labels: InForce | None = None


def inbox_page(
    session: Session, wanted: InboxFilter, *, after: InboxCursor | None = None, limit: int = 50
) -> list[InboxRow]:
    """Return unhandled emails that are not put off, most pressing first.

    Mail the model has not read yet stands at the policy's default, so it is never hidden. Pages by sort key, so mail
    arriving between two requests neither repeats nor hides a row.
    """
    sort_key = (Email.rank_at, Email.id)
    page = _filtered(inbox_rows(), wanted).order_by(*sort_key).limit(limit)
    if after is not None:
        page = page.where(tuple_(*sort_key) > tuple_(*after))
    return rows_of(session, page)


def grouped_page(
    session: Session, wanted: InboxFilter, *, after: InboxCursor | None = None, limit: int = 50
) -> list[InboxRow]:
    """Return unhandled emails as `inbox_page` does, but one alone of each incident: its most pressing that passes."""
    sort_key = (Email.rank_at, Email.id)
    incident_ids = list(session.scalars(incidents_led(wanted.mailbox)))
    is_alone = or_(Email.incident_id.is_(None), Email.incident_id.not_in(incident_ids))
    page = _filtered(inbox_rows(), wanted).where(is_alone).order_by(*sort_key).limit(limit)
    if after is not None:
        page = page.where(tuple_(*sort_key) > tuple_(*after))
    rows = [*rows_of(session, page), *inbox_rows_by_id(session, _leading(session, wanted, incident_ids)).values()]
    if after is not None:
        rows = [row for row in rows if (row.email.rank_at, row.email.id) > tuple(after)]
    return sorted(rows, key=lambda row: (row.email.rank_at, row.email.id))[:limit]


def inbox_row(session: Session, email_id: int) -> InboxRow | None:
    """Return one email as the inbox would show it."""
    return next(iter(rows_of(session, inbox_rows().where(Email.id == email_id))), None)


def inbox_rows_by_id(session: Session, email_ids: Sequence[int]) -> dict[int, InboxRow]:
    """Return emails as the inbox would show them, by their ids; those that are not stored are left out."""
    rows = rows_of(session, inbox_rows().where(Email.id.in_(email_ids)))
    return {row.email.id: row for row in rows}


def ids_where(session: Session, wanted: InboxFilter, *, after: int = 0, limit: int) -> list[int]:
    """Return the emails that a filter lets pass in the order of ids, those after one."""
    query = _filtered(inbox_rows(), wanted).with_only_columns(Email.id).where(Email.id > after)
    return list(session.scalars(query.order_by(Email.id).limit(limit)))


def rows_of(session: Session, page: Select[Email, str, Verdict]) -> list[InboxRow]:
    """Return what a query made from `inbox_rows` finds, with the labels in force."""
    found = session.execute(page).all()
    labels = labels_in_force(session, [email.id for email, _, _ in found])
    return [InboxRow(email, mailbox, verdict, labels.get(email.id)) for email, mailbox, verdict in found]


def inbox_rows() -> Select[Email, str, Verdict]:
    """Return the query for what an `InboxRow` is made from but for the labels, in its order."""
    return (
        select(Email, Mailbox.name, Verdict)
        .join(Mailbox, Mailbox.id == Email.mailbox_id)
        .outerjoin(Verdict, OF_THIS_VERSION)
    )


def _leading(session: Session, wanted: InboxFilter, incident_ids: Sequence[int]) -> list[int]:
    """Return the most pressing member of each incident that a filter lets pass, where there is one."""
    passing = _filtered(select(Email.id), wanted).where(Email.incident_id == Incident.id)
    first = passing.order_by(Email.rank_at, Email.id).limit(1).correlate(Incident).scalar_subquery()
    found = session.scalars(select(first).select_from(Incident).where(Incident.id.in_(incident_ids)))
    return [email_id for email_id in found if email_id is not None]


def _filtered(page: Select[*Columns], wanted: InboxFilter) -> Select[*Columns]:
    page = page.where(Email.handled_at.is_not(None) if wanted.state == HANDLED else Email.handled_at.is_(None))
    if wanted.state != HANDLED:
        page = page.where(
            Email.snoozed_until.is_not(None) if wanted.state == SNOOZED else Email.snoozed_until.is_(None)
        )
    if wanted.state not in (None, HANDLED, SNOOZED):
        page = page.where(Email.state == wanted.state)
    if wanted.due_before is not None:
        page = page.where(Email.due_at < wanted.due_before)
    if wanted.mailbox is not None:
        # By its id, which an index begins with, and not by the name that is joined to each row.
        page = page.where(
            Email.mailbox_id == select(Mailbox.id).where(Mailbox.name == wanted.mailbox).scalar_subquery()
        )
    if wanted.topic is not None:
        page = page.where(Email.topic == wanted.topic)
    if wanted.band is not None:
        page = page.where(Email.band == wanted.band)
    for word in wanted.words:
        columns = (Email.subject, Email.sender_name, Email.sender_address, Email.snippet)
        page = page.where(or_(*(column.icontains(word, autoescape=True) for column in columns)))
    return page
