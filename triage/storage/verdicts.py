"""Verdicts: a reading stored with its priority, and the email's place that follows from it."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from triage.storage.dialect import insert_ignoring
from triage.storage.emails import QUEUED, READ
from triage.storage.tables import Email, Verdict


def record_verdicts(
    session: Session, verdicts: Sequence[Mapping[str, Any]], places: Sequence[Mapping[str, Any]]
) -> None:
    """Store verdicts and move their emails to the place these give them; harmless when done twice.

    A verdict has the columns of its table; a place has an email's `id` with its new `priority`, `band`, `rank_at`,
    `topic` and `model_version`.
    """
    if not verdicts:
        return
    session.execute(insert_ignoring(session, Verdict, ["email_id", "model_version"]), list(verdicts))
    # In the order of ids, so that two workers with the same emails wait for each other and never in a circle.
    rows = sorted(({**place, "email_id": place["id"]} for place in places), key=lambda row: int(row["email_id"]))
    table = Email.__table__
    moved: dict[str, Any] = {
        name: bindparam(name) for name in ("priority", "band", "rank_at", "topic", "model_version")
    }
    statement = (
        update(table)  # type: ignore[arg-type]  # a declarative class says FromClause where it holds a Table
        .where(table.c.id == bindparam("email_id"), table.c.state == QUEUED)
        .values(state=READ, error=None, error_stage=None, **moved)
    )
    session.connection().execute(statement, rows)
