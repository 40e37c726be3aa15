"""Which schema a database has, and bringing it to the one this release needs.

A release serves on the schema that it was made with, and on a newer one that says that it may: a release goes on while
the next one's migrations run. Revisions are numbers of four digits and have one order.
"""

from functools import cache, partial
from importlib.util import find_spec
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Engine, select
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from triage.errors import NotMigrated, StorageUnavailable
from triage.storage.migration_turn import Tell, run_patiently, turn
from triage.storage.tables import Compatibility

# Stands where the revision does while another database is copied into this one, so that no release serves on half.
BEING_COPIED = "being copied"


def migrate(engine: Engine, revision: str = "head", tell: Tell = lambda _: None) -> None:
    """Bring the schema to a revision; `base` empties the database. Safe to run by several at once.

    A newer schema that says that this release may serve on it is left as it is.

    Args:
        engine: The database.
        revision: Where to go, up or down.
        tell: Is given a sentence each time something must be waited for.

    Raises:
        NotMigrated: The schema is of a newer release.
        StorageUnavailable: The database does not answer, or a table was in use for too long.
    """
    config = _alembic_config()
    if (file := sqlite_file(engine)) is not None:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        with engine.execution_options(sqlite_begin="IMMEDIATE").connect() as connection, turn(connection, tell):
            have = revision_of(engine)
            require_known(engine)
            if _is_foreign(have):
                return
            config.attributes["connection"] = connection
            move = command.downgrade if revision == "base" or _is_behind(have, revision) else command.upgrade
            run_patiently(connection, partial(move, config, revision), tell)
            connection.commit()
    except CommandError as error:
        raise NotMigrated(f"the database cannot be migrated ({error}); was it made by a newer release?") from error
    except OperationalError as error:
        raise StorageUnavailable(
            f"the database cannot be migrated ({first_line(error)}); is it running and writable?"
        ) from error


def require_current(engine: Engine) -> None:
    """Return when the schema is one on which this release may serve.

    Raises:
        NotMigrated: It is older, newer, or half a copy.
        StorageUnavailable: The database does not answer.
    """
    have, need = revision_of(engine), head()
    if have == need:
        return
    if have == BEING_COPIED:
        raise NotMigrated(
            "a copy into the database was begun and is not complete; run the same `triage copy-database` again"
        )
    if not _is_foreign(have):
        raise NotMigrated(
            f"the database has schema {have or 'none'} and this release needs {need}; run `triage migrate`"
        )
    if not _may_serve(engine, have, need):
        raise NotMigrated(
            f"the database has schema {have} of a newer release, and this one works with {need}; install the newer"
            " release, or restore a backup"
        )


def require_known(engine: Engine) -> None:
    """Return when the schema is one that this release can bring to its own, or may serve on.

    Raises:
        NotMigrated: It is of a newer release that says nothing else, or half a copy.
    """
    if _is_foreign(revision_of(engine)):
        require_current(engine)


def older_revision_of(engine: Engine) -> str | None:
    """Return the revision of a database that must be migrated; `None` where it is empty, or as this release needs it.

    Raises:
        NotMigrated: It is of a newer release.
        StorageUnavailable: The database does not answer.
    """
    require_known(engine)
    have = revision_of(engine)
    return None if have == head() or _is_foreign(have) else have


def revision_of(engine: Engine) -> str | None:
    """Return the revision that a database is at, `None` when it is empty.

    Raises:
        StorageUnavailable: The database does not answer.
    """
    file = sqlite_file(engine)
    if file is not None and not file.exists():
        return None  # asking would make it
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    except OperationalError as error:
        cause = first_line(error)
        raise StorageUnavailable(f"the database does not answer ({cause}); is it running?") from error


def first_line(error: DBAPIError) -> str:
    """Return what a driver says, without the advice that follows."""
    return next(iter(str(error.orig).strip().splitlines()), type(error.orig).__name__)


def sqlite_file(engine: Engine) -> Path | None:
    """Return the file of an SQLite database, `None` of any other."""
    is_file = engine.dialect.name == "sqlite" and engine.url.database not in (None, "", ":memory:")
    return Path(str(engine.url.database)) if is_file else None


@cache
def head() -> str:
    """Return the revision that this release was made with."""
    newest = ScriptDirectory.from_config(_alembic_config()).get_current_head()
    assert newest is not None  # noqa: S101 (there are migrations)
    return newest


def _may_serve(engine: Engine, have: str | None, need: str) -> bool:
    """Say whether a schema that is not known here says that a release which needs `need` may serve on it."""
    try:
        with engine.connect() as connection:
            told = connection.execute(select(Compatibility.revision, Compatibility.oldest)).first()
    except (OperationalError, ProgrammingError):
        return False
    return told is not None and told.revision == have and told.oldest <= need


@cache
def _known() -> frozenset[str]:
    return frozenset(script.revision for script in ScriptDirectory.from_config(_alembic_config()).walk_revisions())


def _is_foreign(have: str | None) -> bool:
    return have is not None and have not in _known()


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
