"""Verdicts: a reading stored with its priority, and the email's place that follows from it and from its labels."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, bindparam, select, update
from sqlalchemy.orm import Session

from triage.storage.dialect import arrays, insert_rows, is_postgresql
from triage.storage.emails import QUEUED, READ
from triage.storage.tables import Email, Verdict

# The verdict that an email stands by.
OF_THIS_VERSION = and_(Verdict.email_id == Email.id, Verdict.model_version == Email.model_version)
_POSITION = ("priority", "band", "rank_at", "due_at", "policy_version", "topic")
_PLACE = (*_POSITION, "model_version")
_SETTLED: dict[str, Any] = {"state": READ, "error": None, "error_stage": None}


@dataclass(frozen=True, slots=True)
class PlacedEmail:
    """What an email's place follows from, labels apart; `verdict` is the one that it stands by, if it has one."""

    id: int
    mailbox_id: int
    received_at: datetime
    stored_at: datetime
    verdict: Verdict | None


def record_verdicts(
    session: Session, verdicts: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]]
) -> None:
    """Store verdicts and move their emails to the place these give them; harmless when done twice.

    A verdict has the columns of its table; a place has an email's `id` with what `place_of` gives, `topic` and
    `model_version`, and `reasons` where they are not those of the verdict. The emails are locked.
    """
    if not verdicts:
        return
    insert_rows(session, Verdict, verdicts, unless_there=["email_id", "model_version"])
    (_move_all if is_postgresql(session) else _move_each)(session, places)
    _update_each(session, [place for place in places if "reasons" in place], ("reasons",))


def without_verdict(session: Session, email_ids: Sequence[int], version: str) -> list[int]:
    """Return those of the emails that a version of the model has not read."""
    has_one = select(Verdict.email_id).where(Verdict.email_id.in_(email_ids), Verdict.model_version == version)
    found = set(session.scalars(has_one))
    return [email_id for email_id in email_ids if email_id not in found]


def add_verdicts(session: Session, verdicts: Sequence[Mapping[str, Any]]) -> None:
    """Store verdicts and leave their emails where they stand; one that is there already stays."""
    insert_rows(session, Verdict, verdicts, unless_there=["email_id", "model_version"])


def stand_by(session: Session, email_ids: Sequence[int], version: str) -> list[int]:
    """Let emails that are locked stand by the verdict of a version; return those that do, to be moved as it says.

    Emails that a person has handled stay as they are, and so do those that the version has not read.
    """
    has_one = select(Verdict.email_id).where(Verdict.email_id == Email.id, Verdict.model_version == version).exists()
    found = list(session.scalars(select(Email.id).where(Email.id.in_(email_ids), Email.handled_at.is_(None), has_one)))
    session.execute(
        update(Email)
        .where(Email.id.in_(found))
        .values(model_version=version)
        .execution_options(synchronize_session=False)
    )
    return found


def placed_emails(session: Session, email_ids: Sequence[int]) -> list[PlacedEmail]:
    """Return emails with the verdict that they stand by, in the order of ids."""
    query = (
        select(
            Email.id,
            Email.mailbox_id,
            Email.received_at,
            Email.stored_at,
            Verdict,
        )
        .outerjoin(Verdict, OF_THIS_VERSION)
        .where(Email.id.in_(email_ids))
        .order_by(Email.id)
    )
    return [PlacedEmail(*row) for row in session.execute(query)]


def move(session: Session, places: Sequence[Mapping[str, Any]]) -> None:
    """Move emails that are locked: each place has `id`, what `place_of` gives, `topic` and `reasons`."""
    _update_each(session, places, (*_POSITION, "reasons"))


def update_verdicts(session: Session, version: str, rows: Sequence[Mapping[str, Any]]) -> None:
    """Change verdicts of a version; each row has an `email_id`, all have the same columns. Emails are locked."""
    if not rows:
        return
    table = Verdict.__table__
    names = [name for name in rows[0] if name != "email_id"]
    statement = (
        update(table)  # type: ignore[arg-type]  # a declarative class says FromClause where it holds a Table
        .where(table.c.email_id == bindparam("of_email"), table.c.model_version == version)
        .values({name: bindparam(name) for name in names})
    )
    told = [{"of_email": row["email_id"], **{name: row[name] for name in names}} for row in rows]
    session.connection().execute(statement, told)


def _update_each(session: Session, places: Sequence[Mapping[str, Any]], names: Sequence[str]) -> None:
    if not places:
        return
    table = Email.__table__
    statement = (
        update(table)  # type: ignore[arg-type]  # a declarative class says FromClause where it holds a Table
        .where(table.c.id == bindparam("email_id"))
        .values({name: bindparam(name) for name in names})
    )
    rows = [{"email_id": place["id"], **{name: place[name] for name in names}} for place in places]
    session.connection().execute(statement, rows)


def _move_all(session: Session, places: Sequence[Mapping[str, Any]]) -> None:
    told = arrays(Email, [{name: place[name] for name in ("id", *_PLACE)} for place in places])
    session.execute(
        update(Email)
        .where(Email.id == told.c.id, Email.state == QUEUED)
        .values({**_SETTLED, **{name: told.c[name] for name in _PLACE}})
        .execution_options(synchronize_session=False)
    )


def _move_each(session: Session, places: Sequence[Mapping[str, Any]]) -> None:
    table = Email.__table__
    statement = (
        update(table)  # type: ignore[arg-type]  # a declarative class says FromClause where it holds a Table
        .where(table.c.id == bindparam("email_id"), table.c.state == QUEUED)
        .values({**_SETTLED, **{name: bindparam(name) for name in _PLACE}})
    )
    rows = [{"email_id": place["id"], **{name: place[name] for name in _PLACE}} for place in places]
    session.connection().execute(statement, rows)
