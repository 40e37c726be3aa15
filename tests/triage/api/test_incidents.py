"""Incidents over HTTP: one row in the inbox, listed, closed, labelled and undone at once."""

import pytest

from tests.make import NOW, POLICY
from tests.triage.incidents.conftest import OTHERS, POWER, WordsModel
from triage.classify import classify
from triage.incidents.grouping import group_emails

SUBJECTS = [f"{POWER} {word}" for word in ("urgent", "when", "really", "again", "sorry", "hello")]


@pytest.fixture
def ids(client, database):
    """Six emails about one matter, then six others, read and grouped."""
    made = [client.post("/v1/emails", json={"subject": one, "text": one}).json()["id"] for one in [*SUBJECTS, *OTHERS]]
    with database.unit_of_work() as session:
        classify(session, made, WordsModel(), POLICY, NOW)
    group_emails(database, made, NOW)
    return made


def test_an_incident_is_one_row_of_the_inbox(client, ids):
    """It stands at the place of its most pressing mail, with count, growth, title and words."""
    alone = client.get("/v1/inbox").json()["items"]
    client.post(f"/v1/emails/{ids[3]}/labels", json={"urgency": "critical", "topic": "technical"})

    grouped = client.get("/v1/inbox", params={"group": "incidents"}).json()["items"]

    row = grouped[0]
    assert (len(alone), len(grouped)) == (12, 7)
    assert (row["id"], row["incident"]["count"], row["incident"]["unhandled"]) == (ids[3], 6, 6)
    assert row["incident"]["growth"] == 6
    assert row["incident"]["title"] in SUBJECTS
    assert set(row["incident"]["words"]) <= set(POWER.split())
    assert [item["incident"] for item in grouped[1:]] == [None] * 6
    assert {item["incident_id"] for item in alone} == {row["incident"]["id"], None}


def test_pages_of_grouped_rows_repeat_and_hide_nothing(client, ids):
    """Read by pages of two, every row comes once, in the order of the whole."""
    whole = [item["id"] for item in client.get("/v1/inbox", params={"group": "incidents"}).json()["items"]]

    paged, cursor = [], None
    while True:
        wanted = {"group": "incidents", "limit": 2} | ({"cursor": cursor} if cursor else {})
        page = client.get("/v1/inbox", params=wanted).json()
        paged += [item["id"] for item in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break

    assert paged == whole


def test_a_filter_shows_the_incident_by_the_mail_that_passes(client, ids):
    """One member with the topic asked for is enough for the row, and is the row."""
    client.post(f"/v1/emails/{ids[4]}/labels", json={"topic": "billing"})

    found = client.get("/v1/inbox", params={"group": "incidents", "topic": "billing"}).json()["items"]

    assert [item["id"] for item in found] == [ids[4]]
    assert found[0]["incident"]["count"] == 6


def test_an_incident_is_closed_at_once_and_that_is_undone(client, ids):
    """Its row goes from the inbox and from the open incidents, and comes back."""
    incident = client.get("/v1/incidents", params={"state": "open"}).json()["items"][0]["id"]

    closed = client.post(f"/v1/incidents/{incident}/close").json()
    without = client.get("/v1/inbox", params={"group": "incidents"}).json()["items"]
    still_open = client.get("/v1/incidents", params={"state": "open"}).json()["items"]
    reopened = client.post(f"/v1/incidents/{incident}/reopen").json()

    assert (closed["changed"], closed["unhandled"], closed["count"]) == (6, 0, 6)
    assert ([item["incident"] for item in without], still_open) == ([None] * 6, [])
    assert (reopened["changed"], reopened["unhandled"]) == (6, 6)


def test_an_incident_is_labelled_at_once_and_that_is_undone(client, ids):
    """All its mails say what was said of it, the others nothing; the undo withdraws it from all."""
    incident = client.get("/v1/incidents").json()["items"][0]["id"]

    said = client.post(f"/v1/incidents/{incident}/labels", json={"topic": "technical", "author": "anna"}).json()
    emails = client.get(f"/v1/incidents/{incident}").json()["emails"]
    undone = client.request("DELETE", f"/v1/incidents/{incident}/labels").json()
    after = client.get(f"/v1/incidents/{incident}").json()["emails"]

    assert (said["changed"], [one["labelled"] for one in emails]) == (6, [["topic"]] * 6)
    assert (undone["changed"], [one["labelled"] for one in after]) == (6, [[]] * 6)


def test_an_incident_that_is_not_there_is_not_found(client):
    """A wrong number is answered with 404 and a sentence."""
    answer = client.get("/v1/incidents/7")

    assert (answer.status_code, "no incident 7" in answer.json()["detail"]) == (404, True)


def test_an_incident_is_put_off_at_once_and_that_is_undone(client, ids):
    """Its row goes from the inbox, it says until when, and it comes back; a moment that has passed is refused."""
    incident = client.get("/v1/incidents").json()["items"][0]["id"]

    put_off = client.post(f"/v1/incidents/{incident}/snooze", json={"until": "2029-01-01T08:00:00Z"}).json()
    without = client.get("/v1/inbox", params={"group": "incidents"}).json()["items"]
    refused = client.post(f"/v1/incidents/{incident}/snooze", json={"until": "2020-01-01T08:00:00Z"})
    woken = client.delete(f"/v1/incidents/{incident}/snooze").json()

    assert (put_off["changed"], put_off["snoozed_until"]) == (6, "2029-01-01T08:00:00Z")
    assert ([item["incident"] for item in without], refused.status_code) == ([None] * 6, 422)
    assert (woken["changed"], woken["snoozed_until"]) == (6, None)
