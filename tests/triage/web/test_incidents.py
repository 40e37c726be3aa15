"""Incidents in the list and on pages of their own."""

from datetime import UTC, datetime, timedelta

import pytest

from triage.storage.mailboxes import require_mailbox
from triage.storage.tables import Arrival


@pytest.fixture
def incident(client, outage):
    """The number of an incident of six mails among six others."""
    return client.get("/v1/incidents").json()["items"][0]["id"]


def test_list_shows_one_row_for_one_matter_unless_asked_otherwise(client, incident):
    """Seven rows by default, twelve with `group=none`; each list leads to the other."""
    grouped, single = client.get("/").text, client.get("/?group=none").text

    assert (grouped.count('<li class="row'), single.count('<li class="row')) == (7, 12)
    assert f'href="/incidents/{incident}"' in grouped
    assert "6 mails" in grouped
    assert 'href="/?group=none"' in grouped
    assert "One row for each matter" in single


def test_lists_of_what_is_done_or_put_off_show_each_mail(client, incident):
    """What was done with one mail of a matter is seen and undone by itself."""
    client.post(f"/v1/incidents/{incident}/close")

    page = client.get("/?state=handled").text

    assert page.count('<li class="row') == 6
    assert "/incidents/" not in page.partition("<main")[2]


def test_incident_shows_its_mails_and_what_they_share(client, incident):
    """All members, handled ones marked, page by page; its rows alone for a page that is open."""
    email = client.get(f"/v1/incidents/{incident}").json()["emails"][0]["id"]
    client.post(f"/v1/emails/{email}/done")

    page, part = client.get(f"/incidents/{incident}").text, client.get(f"/incidents/{incident}?part=list").text
    after = client.get(f"/incidents/{incident}?after={email}").text

    assert page.count('<li class="row') == 6
    assert "They share" in page
    assert "<html" not in part
    assert 'class="row normal done"' in part
    assert after.count('<li class="row') == 5


def test_incidents_are_listed_and_none_is_said_so(client, incident):
    """What is open stands under open, what is closed under closed; an empty list says what would be there."""
    assert "6 mails" in client.get("/incidents").text
    assert "No incident is closed yet" in client.get("/incidents?state=closed").text

    client.post(f"/v1/incidents/{incident}/close")

    assert "6 mails" in client.get("/incidents?state=closed").text
    assert "five mails or more" in client.get("/incidents").text
    assert client.get("/incidents/999", headers={"Accept": "text/html"}).status_code == 404


def test_surge_stands_above_the_list(client, database, arrive):
    """Far more mail than usual is said in a sentence with both numbers; without, nothing is said."""
    arrive("one")
    quiet = client.get("/").text
    now = datetime.now(UTC)
    with database.unit_of_work() as session:
        mailbox_id = require_mailbox(session, "main")
        for slot_at, emails in ((now - timedelta(days=2), 7), (now, 240)):
            session.add(Arrival(slot_at=slot_at, mailbox_id=mailbox_id, emails=emails))

    surging = client.get("/?part=list").text

    assert "surge" not in quiet
    assert "Far more mail than usual in main: 240 in 15 minutes" in surging


def test_a_matter_that_is_put_off_says_until_when(client, incident):
    """Its page offers to bring it back instead of putting it off, and its row is gone from the list."""
    before = client.get(f"/incidents/{incident}").text

    client.post(f"/v1/incidents/{incident}/snooze", json={"until": "2029-01-01T08:00:00Z"})
    page, inbox = client.get(f"/incidents/{incident}").text, client.get("/").text

    assert ('data-all="snooze"' in before, 'data-all="wake"' in before) == (True, False)
    assert ('data-all="snooze"' in page, 'data-all="wake"' in page) == (False, True)
    assert "Put off until Jan 1, 2029" in page
    assert f'href="/incidents/{incident}"' not in inbox
