"""`triage done`, `reopen`, `snooze` and `delete`: what a person does with emails, all of those named or none."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from sqlalchemy.orm import Session

from triage import handle
from triage.cli.options import DataOption, quiet_logging, settings_for
from triage.feedback.closing import MANY
from triage.storage.schema import require_current
from triage.storage.session import Database

Ids = Annotated[list[int], typer.Argument(metavar="ID…", min=1, max=2**63 - 1, help="Numbers of the emails.")]
UntilOption = Annotated[
    datetime | None,
    typer.Option(formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d"], help="The moment, in the time of this machine."),
]
ForOption = Annotated[str | None, typer.Option("--for", metavar="4h", help="Or for how long: 30m, 4h, 2d, 1w.")]
_UNITS = {"m": timedelta(minutes=1), "h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}


def done(email_ids: Ids, data: DataOption = None) -> None:
    """Take emails off the inbox; those that are done already keep their time."""
    now = datetime.now(UTC)
    _each(data, email_ids, partial(handle.mark_done, now=now, with_many=len(set(email_ids)) >= MANY), "done")


def reopen(email_ids: Ids, data: DataOption = None) -> None:
    """Put emails back into the inbox that are done or put off."""
    _each(data, email_ids, handle.reopen, "open again")


def snooze(
    email_ids: Ids,
    until: UntilOption = None,
    length: ForOption = None,
    data: DataOption = None,
) -> None:
    """Put emails off: they are on no list until then, or until somebody writes in their thread."""
    now = datetime.now(UTC)
    moment = moment_of(until, length, now)
    said = f"put off until {moment.astimezone():%Y-%m-%d %H:%M}"
    _each(data, email_ids, lambda session, email_id: handle.snooze(session, email_id, moment, now), said)


def delete(
    email_ids: Ids,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Remove emails for good, with all that was read in them. The same mail is never taken in again.

    On a mail server it stays where it is.
    """
    database, wanted = _open(data), set(email_ids)
    if not sure:
        typer.confirm(
            f"remove {len(wanted):,} {'email' if len(wanted) == 1 else 'emails'} for good?", abort=True, err=True
        )
    with database.unit_of_work() as session:
        handle.delete_all(session, wanted, datetime.now(UTC))
    typer.echo(f"{len(wanted):,} deleted")


def moment_of(until: datetime | None, length: str | None, now: datetime) -> datetime:
    """Return until when mail is put off, of which one of the two says."""
    if (until is None) == (length is None):
        raise typer.BadParameter("name the moment with --until, or how long with --for")
    return until.astimezone(UTC) if until is not None else now + _length(length or "")


def _each(data: Path | None, email_ids: list[int], act: Callable[[Session, int], None], said: str) -> None:
    database, wanted = _open(data), sorted(set(email_ids))
    with database.unit_of_work() as session:
        for email_id in wanted:
            act(session, email_id)
    typer.echo(f"{len(wanted):,} {said}")


def _open(data: Path | None) -> Database:
    quiet_logging()
    database = Database(settings_for(data).database_url)
    require_current(database.engine)
    return database


def _length(text: str) -> timedelta:
    count, unit = text[:-1], text[-1:]
    if not (count.isascii() and count.isdigit() and len(count) <= 4 and unit in _UNITS):
        raise typer.BadParameter(f"{text} is no length of time; write it as 30m, 4h, 2d or 1w")
    return int(count) * _UNITS[unit]
