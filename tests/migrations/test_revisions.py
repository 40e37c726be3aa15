"""The schema's migrations."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect

from triage.errors import NotMigrated
from triage.storage import schema
from triage.storage.session import create_engine_for
from triage.storage.tables import Base


def test_up_down_up_leaves_the_schema_that_the_tables_say(empty_database_url):
    """Migrations run up, down and up again, and end where `tables.py` is."""
    engine = create_engine_for(empty_database_url)

    schema.migrate(engine)
    schema.migrate(engine, "base")
    emptied = set(inspect(engine).get_table_names())
    schema.migrate(engine)

    assert emptied <= {"alembic_version"}
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
    engine.dispose()


def test_migrating_twice_changes_nothing(empty_database_url):
    """A second migration finds nothing to do."""
    engine = create_engine_for(empty_database_url)
    schema.migrate(engine)
    schema.migrate(engine)

    schema.require_current(engine)
    engine.dispose()


def test_database_without_schema_is_told_apart(empty_database_url):
    """An empty database is refused with what to type."""
    engine = create_engine_for(empty_database_url)

    with pytest.raises(NotMigrated, match="triage migrate"):
        schema.require_current(engine)
    engine.dispose()
