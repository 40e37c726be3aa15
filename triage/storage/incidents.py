"""Incidents: which mail may join one, which one it joined, and what lists show of them."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, false, func, or_, select, true, tuple_, update
from sqlalchemy.orm import Session, undefer

from triage.errors import IncidentNotFound
from triage.storage import emails
from triage.storage.dialect import among
from triage.storage.emails import READ
from triage.storage.tables import Email, Incident, Mailbox, Verdict
from triage.storage.verdicts import OF_THIS_VERSION

# Mail that joined nothing is looked at again among as many that came after it, and as many of it at once.
LOOKS_BACK, MOST_FREE = 5000, 512
# Incidents that lists lead, newest first; of older ones every mail is a row of its own.
MOST_LED = 500


class FreeMail(NamedTuple):
    """A mail that joined no incident, as grouping looks at it."""

    id: int
    subject: str
    snippet: str
    received_at: datetime
    band: str
    model_version: str
    representation: bytes


class Sleep(NamedTuple):
    """Until when the members of an incident were put off together, if they were, and whether one was critical then."""

    incident_id: int
    until: datetime | None
    was_critical: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What a list shows of an incident.

    Attributes:
        title: Subject of the member that is most like all others; empty where that was deleted or has none.
        count: Members, and `unhandled` those among them that nobody has handled.
        growth: Members that were received lately.
        first_at: When the first of them was received, and `last_at` the last.
        words: That members share, most telling first.
        critical: Unhandled members in the band `critical`.
        snoozed_until: Until when its members were put off together; that may have passed.
    """

    id: int
    mailbox: str
    title: str
    count: int
    unhandled: int
    critical: int
    growth: int
    first_at: datetime
    last_at: datetime
    words: tuple[str, ...]
    closed_at: datetime | None
    snoozed_until: datetime | None


def hold_mailbox(session: Session, mailbox_id: int) -> None:
    """Let nobody else group mail of a mailbox until this transaction ends; mail goes on coming in."""
    session.execute(select(Mailbox.id).where(Mailbox.id == mailbox_id).with_for_update(key_share=True))


def free_mail(session: Session, mailbox_id: int, newest_id: int) -> list[FreeMail]:
    """Return unhandled mail that joined no incident, up to one, newest first; of one model, the newest mail's."""
    columns = (Email.id, Email.subject, Email.snippet, Email.received_at, Email.band, Email.model_version)
    query = (
        select(*columns, Verdict.representation)
        .join(Verdict, OF_THIS_VERSION)
        .where(Email.id > newest_id - LOOKS_BACK, Email.id <= newest_id, Email.mailbox_id + 0 == mailbox_id)
        .where(Email.incident_id.is_(None), Email.handled_at.is_(None), Email.state == READ)
        .where(Verdict.representation.is_not(None))
        .order_by(Email.id.desc())
        .limit(MOST_FREE)
    )
    found = [FreeMail._make(row) for row in session.execute(query)]
    return [mail for mail in found if mail.model_version == found[0].model_version]


def newest_free(session: Session) -> list[int]:
    """Return the newest mail of each mailbox that joined no incident, among the newest of all."""
    newest = session.scalar(select(func.max(Email.id))) or 0
    query = (
        select(func.max(Email.id))
        .where(Email.id > newest - LOOKS_BACK, Email.incident_id.is_(None))
        .where(Email.handled_at.is_(None), Email.state == READ)
        .group_by(Email.mailbox_id)
    )
    return sorted(session.scalars(query))


def recent_incidents(session: Session, mailbox_id: int, version: str, *, since: datetime, limit: int) -> list[Incident]:
    """Return incidents that mail of one model may still join, newest first, with what mail is compared with."""
    query = (
        select(Incident)
        .where(Incident.mailbox_id == mailbox_id, Incident.merged_into.is_(None), Incident.last_at >= since)
        .where(Incident.model_version == version)
        .order_by(Incident.last_at.desc())
        .limit(limit)
        .options(undefer(Incident.centroid))
    )
    return list(session.scalars(query))


def open_incident(session: Session, row: dict[str, Any]) -> int:
    """Store an incident and return its number."""
    incident = Incident(**row)
    session.add(incident)
    session.flush()
    return incident.id


def change_incident(session: Session, incident_id: int, **columns: Any) -> None:
    """Change columns of an incident."""
    session.execute(_update().where(Incident.id == incident_id).values(columns))


def join(session: Session, incident_id: int, email_ids: Sequence[int]) -> None:
    """Let emails join an incident, those of them that are stored and in none."""
    locked = emails.lock(session, email_ids)
    of_these = (among(session, Email.id, locked), Email.incident_id.is_(None))
    session.execute(
        update(Email).where(*of_these).values(incident_id=incident_id).execution_options(synchronize_session=False)
    )


def merge(session: Session, gone: Sequence[int], kept: int) -> None:
    """Let incidents be one that is kept, with all their members."""
    members = list(session.scalars(select(Email.id).where(Email.incident_id.in_(gone))))
    locked = emails.lock(session, members)
    of_these = (among(session, Email.id, locked), Email.incident_id.in_(gone))
    session.execute(
        update(Email).where(*of_these).values(incident_id=kept).execution_options(synchronize_session=False)
    )
    session.execute(
        _update().where(or_(Incident.id.in_(gone), Incident.merged_into.in_(gone))).values(merged_into=kept)
    )


def incident_by_id(session: Session, incident_id: int, *, for_update: bool = False) -> Incident:
    """Return an incident, or the one that it turned out to be.

    Raises:
        IncidentNotFound: There is no such incident.
    """
    query = select(Incident).where(Incident.id == incident_id)
    found = session.scalar(query.with_for_update() if for_update else query)
    if found is None:
        raise IncidentNotFound(incident_id)
    return found if found.merged_into is None else incident_by_id(session, found.merged_into, for_update=for_update)


def member_ids(session: Session, incident_id: int, *, unhandled: bool = False, after: int = 0, limit: int) -> list[int]:
    """Return members of an incident in the order of ids, those after one."""
    query = select(Email.id).where(Email.incident_id == incident_id, Email.id > after)
    if unhandled:
        query = query.where(Email.handled_at.is_(None))
    return list(session.scalars(query.order_by(Email.id).limit(limit)))


def handled_since(session: Session, incident_id: int, moment: datetime, *, limit: int) -> list[int]:
    """Return members of an incident that were handled then or later."""
    query = select(Email.id).where(Email.incident_id == incident_id, Email.handled_at >= moment)
    return list(session.scalars(query.order_by(Email.id).limit(limit)))


def sleeps_of(session: Session, ids: Sequence[int]) -> list[Sleep]:
    """Let nobody change incidents until this transaction ends; return until when they are put off."""
    query = select(Incident.id, Incident.snoozed_until, Incident.was_critical).where(Incident.id.in_(ids))
    rows = session.execute(query.order_by(Incident.id).with_for_update())
    return [Sleep(number, until, bool(was_critical)) for number, until, was_critical in rows]


def asleep_until(session: Session, incident_id: int, moments: Collection[datetime | None]) -> list[int]:
    """Return unhandled members of an incident that are put off until one of some moments; `None` for not at all."""
    named = [moment for moment in moments if moment is not None]
    is_one = or_(Email.snoozed_until.in_(named), Email.snoozed_until.is_(None) if None in moments else false())
    query = select(Email.id).where(Email.incident_id == incident_id, Email.handled_at.is_(None), is_one)
    return list(session.scalars(query.order_by(Email.id)))


def has_critical(session: Session, incident_id: int, *, among_ids: Collection[int] | None = None) -> bool:
    """Say whether an unhandled member of an incident is critical, or one among some."""
    query = select(Email.id).where(Email.incident_id == incident_id, Email.handled_at.is_(None))
    if among_ids is not None:
        query = query.where(among(session, Email.id, list(among_ids)))
    return session.scalar(query.where(Email.band == "critical").limit(1)) is not None


def members(session: Session, incident_id: int, *, limit: int, after: tuple[datetime, int] | None = None) -> list[int]:
    """Return members of an incident, most pressing first, handled ones among them."""
    sort_key = (Email.rank_at, Email.id)
    query = select(Email.id).where(Email.incident_id == incident_id).order_by(*sort_key).limit(limit)
    if after is not None:
        query = query.where(tuple_(*sort_key) > tuple_(*after))
    return list(session.scalars(query))


def incident_ids(session: Session, mailbox_id: int | None, *, is_open: bool | None, limit: int) -> list[int]:
    """Return incidents, those that grew last first; open ones have a member that nobody has handled."""
    has_open = select(Email.id).where(Email.incident_id == Incident.id, Email.handled_at.is_(None)).exists()
    query = select(Incident.id).where(Incident.merged_into.is_(None)).where(_of(mailbox_id))
    if is_open is not None:
        query = query.where(has_open if is_open else ~has_open)
    return list(session.scalars(query.order_by(Incident.last_at.desc(), Incident.id.desc()).limit(limit)))


def count_open(session: Session) -> dict[str, int]:
    """Return how many incidents of each mailbox have a member that nobody has handled, among the newest."""
    has_open = select(Email.id).where(Email.incident_id == Incident.id, Email.handled_at.is_(None)).exists()
    newest = incidents_led(None).subquery()
    query = select(Mailbox.name, func.count()).join(Incident, Incident.mailbox_id == Mailbox.id)
    return dict(
        session.execute(query.join(newest, newest.c.id == Incident.id).where(has_open).group_by(Mailbox.name)).all()
    )


def overviews(session: Session, ids: Sequence[int], *, lately: datetime) -> dict[int, Overview]:
    """Return what lists show of incidents, by number; what was received since `lately` is growth."""
    if not ids:
        return {}
    is_open = Email.handled_at.is_(None)
    counts = (
        select(
            Email.incident_id,
            func.count().label("count"),
            func.count().filter(is_open).label("unhandled"),
            func.count().filter(and_(is_open, Email.band == "critical")).label("critical"),
            func.count().filter(Email.received_at >= lately).label("growth"),
        )
        .where(Email.incident_id.in_(ids))
        .group_by(Email.incident_id)
        .subquery()
    )
    central = select(Email.subject).where(Email.id == Incident.central_email_id).scalar_subquery()
    query = (
        select(Incident, Mailbox.name, central, counts.c.count, counts.c.unhandled, counts.c.critical, counts.c.growth)
        .join(Mailbox, Mailbox.id == Incident.mailbox_id)
        .outerjoin(counts, counts.c.incident_id == Incident.id)
        .where(Incident.id.in_(ids))
    )
    return {row[0].id: _overview(*row) for row in session.execute(query)}


def texts_of_members(session: Session, incident_id: int, *, limit: int) -> list[str]:
    """Return the beginnings of the most pressing members of an incident."""
    query = select(Email.subject, Email.snippet).where(Email.incident_id == incident_id)
    return [" ".join(row) for row in session.execute(query.order_by(Email.rank_at, Email.id).limit(limit))]


def incidents_led(mailbox: str | None) -> Select[int]:
    """Return the query for incidents whose members lists show as one row."""
    query = select(Incident.id).where(Incident.merged_into.is_(None))
    if mailbox is not None:
        query = query.where(Incident.mailbox_id == select(Mailbox.id).where(Mailbox.name == mailbox).scalar_subquery())
    return query.order_by(Incident.last_at.desc(), Incident.id.desc()).limit(MOST_LED)


def _overview(
    incident: Incident,
    mailbox: str,
    title: str | None,
    count: int | None,
    unhandled: int | None,
    critical: int | None,
    growth: int | None,
) -> Overview:
    return Overview(
        incident.id,
        mailbox,
        title or "",
        count or 0,
        unhandled or 0,
        critical or 0,
        growth or 0,
        incident.first_at,
        incident.last_at,
        tuple(incident.words),
        incident.closed_at,
        incident.snoozed_until,
    )


def _of(mailbox_id: int | None) -> Any:
    return true() if mailbox_id is None else Incident.mailbox_id == mailbox_id


def _update() -> Any:
    return update(Incident).execution_options(synchronize_session=False)
