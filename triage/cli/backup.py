"""`triage backup` and `triage restore`: an embedded instance in one file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from triage import __version__
from triage.cli.options import DataOption, quiet_logging, settings_for
from triage.embedded import claim, database_path, secret_key_path
from triage.errors import CannotBackUp
from triage.settings import Settings, secret_keys, sqlite_url
from triage.storage import schema
from triage.storage.backup import Backup, back_up
from triage.storage.backup import restore as put_back


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="File to write; it must not be there yet.")],
    data: DataOption = None,
) -> None:
    """Write all of an embedded instance into one file, while it runs or not: its mail, what it learned, its key."""
    settings = _embedded(data)
    folder, to = settings.data_dir, file.expanduser().absolute()
    made = back_up(database_path(folder), secret_key_path(folder), to, made_by=__version__, now=datetime.now(UTC))
    typer.echo(f"{to}: {to.stat().st_size / 1e6:,.1f} MB, schema {made.schema}, {_of_key(made, folder, settings)}")


def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A file that `triage backup` wrote.")],
    data: DataOption = None,
) -> None:
    """Put a backup into a folder that holds no instance yet; `triage up` then runs on it."""
    settings = _embedded(data)
    folder = settings.data_dir
    with claim(folder):
        made = put_back(file.expanduser().absolute(), database_path(folder), secret_key_path(folder))
    behind = "" if made.schema == schema.head() else f", which `triage up` brings to {schema.head()}"
    typer.echo(
        f"{folder}: as it was at {made.made_at}, schema {made.schema}{behind}, {_of_key(made, folder, settings)}"
    )


def _embedded(data: Path | None) -> Settings:
    quiet_logging()
    settings = settings_for(data)
    if settings.database_url != sqlite_url(settings.data_dir):
        raise CannotBackUp(
            "this is for the database of a data folder, and TRIAGE_DATABASE_URL names another; back that up with"
            " pg_dump, as docs/backup.md says, or name a folder with --data"
        )
    return settings


def _of_key(made: Backup, folder: Path, settings: Settings) -> str:
    if secret_key_path(folder).name in made.digests:
        return "with the key of its secrets: keep it where nobody else can read it"
    if secret_keys(settings.secret_key):
        return "without TRIAGE_SECRET_KEY: keep that beside it"
    return "without a key, for there was none"
