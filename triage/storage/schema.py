"""Which schema a database has, and bringing it to the one this release needs."""

from functools import cache
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from triage.errors import NotMigrated, StorageUnavailable


def migrate(engine: Engine, revision: str = "head") -> None:
    """Bring the schema to a revision; `base` empties the database. Safe to run by several at once.

    Raises:
        StorageUnavailable: The database does not answer, or another migration held its lock for too long.
    """
    config = _alembic_config()
    if (file := _sqlite_file(engine)) is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with engine.execution_options(sqlite_begin="IMMEDIATE").connect() as connection:
            config.attributes["connection"] = connection
            going_down = revision == "base" or _is_behind(revision_of(engine), revision)
            (command.downgrade if going_down else command.upgrade)(config, revision)
            connection.commit()
    except CommandError as error:
        raise NotMigrated(f"the database cannot be migrated ({error}); was it made by a newer release?") from error
    except OperationalError as error:
        raise StorageUnavailable(
            f"the database cannot be migrated ({error.orig}); is it running and writable?"
        ) from error


def require_current(engine: Engine) -> None:
    """Return when the schema is the one this release needs.

    Raises:
        NotMigrated: It is older or newer.
        StorageUnavailable: The database does not answer.
    """
    have, need = revision_of(engine), _head()
    if have != need:
        raise NotMigrated(
            f"the database has schema {have or 'none'} and this release needs {need}; run `triage migrate`"
        )


def revision_of(engine: Engine) -> str | None:
    """Return the revision that a database is at, `None` when it is empty.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    file = _sqlite_file(engine)
    if file is not None and not file.exists():
        return None  # asking would make it
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        raise StorageUnavailable(f"the database does not answer ({error.orig}); is it running?") from error


def _sqlite_file(engine: Engine) -> Path | None:
    is_file = engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")
    return Path(str(engine.url.database)) if is_file else None


@cache
def _head() -> str | None:
    return ScriptDirectory.from_config(_alembic_config()).get_current_head()


def _is_behind(have: str | None, wanted: str) -> bool:
    """Tell whether `wanted` is an earlier revision than the one the database has."""
    scripts = ScriptDirectory.from_config(_alembic_config())
    if have is None or wanted == "head":
        return False
    return any(
        script.revision == wanted for script in scripts.iterate_revisions(have, "base") if script.revision != have
    )


def _alembic_config() -> Config:
    spec = find_spec("migrations")
    assert spec is not None  # noqa: S101 (part of this distribution)
    assert spec.submodule_search_locations  # noqa: S101
    config = Config()
    config.set_main_option("script_location", str(Path(spec.submodule_search_locations[0])))
    return config
