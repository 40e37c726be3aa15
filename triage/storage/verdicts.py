"""Verdicts: a reading stored with its priority, and the email's place that follows from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from triage.storage.dialect import arrays, insert_rows, is_postgresql
from triage.storage.emails import QUEUED, READ
from triage.storage.tables import Email, Verdict

_PLACE = ("priority", "band", "rank_at", "topic", "model_version")
_SETTLED: dict[str, Any] = {"state": READ, "error": None, "error_stage": None}


def record_verdicts(
    session: Session, verdicts: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]]
) -> None:
    """Store verdicts and move their emails to the place these give them; harmless when done twice.

    A verdict has the columns of its table; a place has an email's `id` with its new `priority`, `band`, `rank_at`,
    `topic` and `model_version`.
    """
    if not verdicts:
        return
    insert_rows(session, Verdict, verdicts, unless_there=["email_id", "model_version"])
    # In the order of ids, so that two workers with the same emails wait for each other and never in a circle.
    ordered = sorted(places, key=lambda place: int(place["id"]))
    (_move_all if is_postgresql(session) else _move_each)(session, ordered)


def _move_all(session: Session, places: Sequence[Mapping[str, Any]]) -> None:
    told = arrays(Email, places)
    ids = [place["id"] for place in places]
    waiting = select(Email.id).where(Email.id.in_(ids), Email.state == QUEUED).order_by(Email.id).with_for_update()
    locked = waiting.cte("locked")
    session.execute(
        update(Email)
        .where(Email.id == told.c.id, Email.id.in_(select(locked.c.id)))
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
