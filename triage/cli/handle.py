"""`triage delete`: remove emails for good."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from triage.cli.options import DataOption, quiet_logging, settings_for
from triage.handle import delete_all
from triage.storage.schema import require_current
from triage.storage.session import Database


def delete(
    email_ids: Annotated[list[int], typer.Argument(metavar="ID…", min=1, max=2**63 - 1, help="Numbers of the emails.")],
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Remove emails for good, with all that was read in them. The same mail is never taken in again.

    On a mail server it stays where it is.
    """
    quiet_logging()
    database = Database(settings_for(data).database_url)
    require_current(database.engine)
    wanted = set(email_ids)
    if not sure:
        typer.confirm(
            f"remove {len(wanted):,} {'email' if len(wanted) == 1 else 'emails'} for good?", abort=True, err=True
        )
    with database.unit_of_work() as session:
        delete_all(session, wanted, datetime.now(UTC))
    typer.echo(f"{len(wanted):,} deleted")
