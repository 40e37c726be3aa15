"""The instance that a command works on."""

from pathlib import Path

from triage.api.services import Services, make_services
from triage.cli.options import quiet_logging, settings_for
from triage.settings import Settings
from triage.storage.schema import require_current
from triage.storage.session import Database


def services_of(data: Path | None) -> Services:
    """Return the services of an instance for a command that talks to a person.

    Raises:
        CannotStart: A variable has a value that cannot be used.
        NotMigrated: The database has another schema than this release needs.
        StorageUnavailable: The database does not answer.
    """
    quiet_logging()
    services = make_services(settings_for(data))
    require_current(services.database.engine)
    return services


def database_of(data: Path | None) -> tuple[Database, Settings]:
    """Return the database of an instance, for a command that needs no more; raise as `services_of` does."""
    quiet_logging()
    settings = settings_for(data)
    database = Database(settings.database_url)
    require_current(database.engine)
    return database, settings
