"""Incidents on the command line."""

import pytest
from sqlalchemy import select

from tests.make import NOW, raw_message
from triage.storage import incidents
from triage.storage.tables import Email


@pytest.fixture
def incident_id(run, data, database, tmp_path):
    """The number of an incident of one mail; a matter that began as more."""
    (tmp_path / "1.eml").write_bytes(raw_message())
    run("ingest", tmp_path / "1.eml", "--data", data)
    with database.unit_of_work() as session:
        email = session.scalars(select(Email)).one()
        moments = {"opened_at": NOW, "first_at": NOW, "last_at": NOW}
        row = {"mailbox_id": email.mailbox_id, "model_version": "fake-1", "size": 1, "pressing": 0, "words": []}
        email.incident_id = incidents.open_incident(
            session, {**row, **moments, "central_email_id": email.id, "centroid": b""}
        )
        return email.incident_id


def test_a_matter_is_put_off_and_brought_back(run, data, incident_id):
    """It is told how many mails that was, and how to say until when."""
    put_off = run("incidents", "snooze", incident_id, "--for", "4h", "--data", data)
    unsaid = run("incidents", "snooze", incident_id, "--data", data)
    woken = run("incidents", "wake", incident_id, "--data", data)

    assert "1 emails put off until" in put_off.stdout
    assert (unsaid.returncode, "--until" in unsaid.stderr) == (2, True)
    assert "1 emails back in the inbox" in woken.stdout
