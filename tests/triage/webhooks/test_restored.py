"""Events that a backup holds as not sent yet, though they were."""

from datetime import UTC, datetime

import pytest

from tests.triage.webhooks.test_sending import happen
from triage.embedded import database_path, secret_key_path
from triage.outbox import Event
from triage.settings import sqlite_url
from triage.storage.backup import back_up, restore
from triage.storage.session import Database


@pytest.fixture
def database_url(data):
    """An embedded instance's, which is what is backed up so."""
    return sqlite_url(data)


def test_event_that_is_sent_again_by_a_restored_instance_has_the_same_id(
    database, webhooks, sender, receiver, clock, data, tmp_path
):
    """Who receives it tells by its `webhook-id` that it is the one it had."""
    number = webhooks.add(receiver.url, [Event.EMAIL_RANKED])[0].id
    happen(database, clock)
    back_up(database_path(data), secret_key_path(data), tmp_path / "b", made_by="", now=datetime.now(UTC))
    sender.send(number)

    (tmp_path / "new").mkdir()
    restore(tmp_path / "b", database_path(tmp_path / "new"), secret_key_path(tmp_path / "new"))
    again = Database(sqlite_url(tmp_path / "new"))
    type(sender)(again, sender.vault, sender.guard, "another process", clock=clock).send(number)

    first, second = receiver.got
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    again.close()
