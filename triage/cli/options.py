"""Options that several commands share, and the settings they lead to."""

from pathlib import Path
from typing import Annotated

import typer
from pydantic import ValidationError

from triage.embedded import redis_url
from triage.errors import CannotStart
from triage.log import configure_logging
from triage.settings import Settings, sqlite_url

DataOption = Annotated[
    Path | None,
    typer.Option("--data", metavar="DIR", help="Folder of the embedded instance to use (or TRIAGE_DATA_DIR)."),
]
MailboxOption = Annotated[str | None, typer.Option("--mailbox", metavar="M", help="Name of the mailbox.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def settings_for(data_dir: Path | None, **given: object) -> Settings:
    """Return the settings of this command; a folder named on the command line goes before every variable.

    Raises:
        CannotStart: A variable has a value that cannot be used.
    """
    if data_dir is not None:
        folder = data_dir.expanduser().absolute()
        given |= {"data_dir": folder, "database_url": sqlite_url(folder), "redis_url": redis_url(folder)}
    try:
        return Settings(**given)  # type: ignore[arg-type]
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        name = f"TRIAGE_{first['loc'][0]}".upper() if first["loc"] else "a TRIAGE_ variable"
        raise CannotStart(
            f"{name} cannot be used: {first['msg'].removeprefix('Value error, ')}; correct it and try again"
        ) from error
    except OSError as error:
        raise CannotStart(f"a file named by a TRIAGE_…_FILE variable cannot be read: {error}") from error


def quiet_logging() -> None:
    """Let a command that talks to a person log errors alone: what they should know it tells them itself."""
    configure_logging("error", as_json=False)
