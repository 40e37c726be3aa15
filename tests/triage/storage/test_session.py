"""Errors of the database, in our words and without the text of mail."""

import pytest
from sqlalchemy import text

from triage.errors import StorageFault


def test_error_of_a_statement_shows_none_of_its_parameters(database):
    """What is logged of a failed statement holds no text of mail."""
    statement = text("INSERT INTO mailbox (id, name, created_at) VALUES (NULL, :name, :missing)")

    with pytest.raises(StorageFault) as caught, database.unit_of_work() as session:
        session.execute(statement, [{"name": "SECRET LETTER", "missing": None}])

    assert "SECRET" not in str(caught.value)
    assert caught.value.__cause__ is None
