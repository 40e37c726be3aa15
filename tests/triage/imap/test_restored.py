"""Polling goes on from the cursor that a backup holds."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.triage.imap.conftest import mail
from triage.embedded import database_path, secret_key_path
from triage.settings import sqlite_url
from triage.storage.backup import back_up, restore
from triage.storage.session import Database


@pytest.fixture
def database_url(data):
    """An embedded instance's, which is what is backed up so."""
    return sqlite_url(data)


def test_restored_instance_takes_in_once_what_came_since(mail_user, door, poll, data, tmp_path):
    """Mail that came after the backup is taken in again by the restored instance, and none of it twice."""
    for number in range(5):
        mail_user.deliver(mail(number))
    before = poll(door)
    back_up(database_path(data), secret_key_path(data), tmp_path / "b", made_by="", now=datetime.now(UTC))
    for number in range(5, 8):
        mail_user.deliver(mail(number))
    since = poll(door)

    (tmp_path / "new").mkdir()
    restore(tmp_path / "b", database_path(tmp_path / "new"), secret_key_path(tmp_path / "new"))
    database = Database(sqlite_url(tmp_path / "new"))
    intake = replace(door.intake, database=database)
    back = replace(door, database=database, intake=intake)

    assert (before, since) == (5, 3)
    assert (poll(back), poll(back)) == (3, 0)
    database.close()
