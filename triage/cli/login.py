"""`triage login`: a link that lets one person into the web inbox."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from triage.cli.instance import database_of
from triage.cli.options import DataOption
from triage.settings import Settings
from triage.storage import logins
from triage.storage.session import Database


def login(
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port of the inbox on this machine.")] = None,
    data: DataOption = None,
) -> None:
    """Print a link that lets you into the web inbox as an administrator: once, and within minutes."""
    database, settings = database_of(data)
    if port is not None:
        settings = settings.model_copy(update={"port": port, "public_url": None})
    typer.echo(login_address(settings, database))


def login_address(settings: Settings, database: Database) -> str:
    """Return the address that lets one person in.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    with database.unit_of_work() as session:
        secret = logins.make_link(session, datetime.now(UTC), life=settings.login_link_lifetime)
    return f"{settings.address}/login?link={secret}"
