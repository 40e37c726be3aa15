"""Many emails done, reopened, labelled and unlabelled at once, over HTTP."""

from datetime import UTC, datetime, timedelta

import pytest


@pytest.fixture
def ids(client):
    """Four emails."""
    return [client.post("/v1/emails", json={"subject": f"mail {n}", "text": "x"}).json()["id"] for n in range(4)]


def open_ids(client):
    return sorted(item["id"] for item in client.get("/v1/inbox").json()["items"])


def test_named_emails_are_done_and_exactly_these_come_back(client, ids):
    """What was done before stays done when the rest is undone."""
    client.post(f"/v1/emails/{ids[0]}/done")

    done = client.post("/v1/emails/done", json={"ids": [*ids[:3], 999_999]}).json()
    left = open_ids(client)
    back = client.post("/v1/emails/reopen", json={"ids": done["changed"]}).json()

    assert done == {"changed": ids[1:3], "not_found": [999_999], "next_cursor": None}
    assert left == ids[3:]
    assert back["changed"] == ids[1:3]
    assert open_ids(client) == ids[1:]


def test_what_was_put_off_and_is_reopened_is_in_the_inbox(client, ids):
    """Done by many as done by one ends the putting off: what is opened again is seen."""
    client.post(f"/v1/emails/{ids[0]}/snooze", json={"until": (datetime.now(UTC) + timedelta(days=1)).isoformat()})

    client.post("/v1/emails/done", json={"ids": ids[:1]})
    client.post("/v1/emails/reopen", json={"ids": ids[:1]})

    assert open_ids(client) == ids


def test_filter_is_followed_to_its_end(client, ids):
    """Two at a time, until nothing is left that fits."""
    order = {"filter": {"q": "mail"}, "limit": 2}
    first = client.post("/v1/emails/done", json=order).json()
    second = client.post("/v1/emails/done", json={**order, "cursor": first["next_cursor"]}).json()
    third = client.post("/v1/emails/done", json={**order, "cursor": second["next_cursor"]}).json()

    assert [first["changed"], second["changed"], third["changed"]] == [ids[:2], ids[2:], []]
    assert third["next_cursor"] is None
    assert open_ids(client) == []


def test_all_mail_is_never_meant_by_an_empty_filter(client, ids):
    """As with labels: an empty filter is refused, and nothing is done."""
    assert client.post("/v1/emails/done", json={"filter": {}}).status_code == 422
    assert open_ids(client) == ids


def test_labels_of_many_are_withdrawn_together(client, ids):
    """The labels that labelling many made are named; withdrawing them leaves what was said before."""
    client.post(f"/v1/emails/{ids[0]}/labels", json={"topic": "order"})

    made = client.post("/v1/labels/bulk", json={"ids": ids, "topic": "billing"}).json()["label_ids"]
    first = client.post("/v1/labels/withdraw", json={"label_ids": made}).json()
    again = client.post("/v1/labels/withdraw", json={"label_ids": made}).json()

    labelled = [client.get(f"/v1/emails/{one}").json() for one in ids]
    assert (len(made), first, again) == (4, {"withdrawn": 4}, {"withdrawn": 0})
    assert [one["labelled"] for one in labelled] == [["topic"], [], [], []]
    assert labelled[0]["topic"] == "order"
