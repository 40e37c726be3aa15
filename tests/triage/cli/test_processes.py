"""The parts of a production set-up, where the database is not as they need it."""

import pytest
from sqlalchemy import text

from triage.storage import schema


@pytest.mark.parametrize(
    ("part", "revision", "told"),
    [
        ("serve --port 18999", "0016", "run `triage migrate`"),
        ("worker text", "9999", "install the newer release"),
        ("beat", "0016", "run `triage migrate`"),
        ("poll", "9999", "install the newer release"),
    ],
)
def test_no_part_starts_on_a_schema_that_is_not_for_it(run, data, database, part, revision, told):
    """Each says in one sentence which schema there is and which command helps, and ends with 1."""
    schema.migrate(database.engine, "0016")
    with database.engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision})

    done = run(*part.split(), "--data", data)

    assert done.returncode == 1
    assert done.stderr.startswith(f"triage: the database has schema {revision}")
    assert told in done.stderr
    assert done.stderr.count("\n") == 1
