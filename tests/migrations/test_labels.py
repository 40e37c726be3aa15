"""0004 brings room for labels and leaves the mail alone, up and down."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import inspect, text

from tests.migrations.test_causes_of_failure import ROW
from triage.storage import schema
from triage.storage.session import create_engine_for

AT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@pytest.fixture
def engine(empty_database_url):
    """A database as the release before left it, with an email."""
    made = create_engine_for(empty_database_url)
    schema.migrate(made, "0003")
    columns = [*ROW, "digest", "state", "attempts"]
    insert = text(f"INSERT INTO email ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})")
    with made.begin() as connection:
        connection.execute(text("INSERT INTO mailbox (id, name, created_at) VALUES (1, 'main', :at)"), {"at": AT})
        connection.execute(insert, ROW | {"digest": b"1", "state": "queued", "attempts": 0})
    yield made
    made.dispose()


def test_mail_of_the_release_before_has_no_labels_and_is_kept_on_the_way_back(engine):
    """Upwards the email stands by its verdict; downwards its labels are gone and it is still there."""
    schema.migrate(engine, "0004")
    with engine.begin() as connection:
        reasons = connection.execute(text("SELECT reasons FROM email")).scalars().all()
        label = "INSERT INTO label (email_id, mailbox_id, topic, source, author, said_at) SELECT id, 1, 'order',"
        connection.execute(text(f"{label} 'human', 'anna', :at FROM email"), {"at": AT})
    schema.migrate(engine, "0003")

    assert reasons == [None]
    assert not {"label", "topic"} & set(inspect(engine).get_table_names())
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM email")).scalar() == 1


def test_labels_go_with_their_email(engine):
    """Deleting an email leaves no label behind."""
    schema.migrate(engine, "0004")
    with engine.begin() as connection:
        label = "INSERT INTO label (email_id, mailbox_id, topic, source, author, said_at) SELECT id, 1, 'order',"
        connection.execute(text(f"{label} 'human', 'anna', :at FROM email"), {"at": AT})
        connection.execute(text("DELETE FROM email"))

        assert connection.execute(text("SELECT count(*) FROM label")).scalar() == 0
