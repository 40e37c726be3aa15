"""How long mail is kept, and all mail with one person, over HTTP."""

from datetime import UTC, datetime, timedelta

from triage.retention import Periods, purge


def sent(client, number=1, sender="Jo <jo@example.org>"):
    mail = {"from": sender, "to": ["desk@example.com"], "subject": f"mail {number}", "text": "x"}
    return client.post("/v1/emails", json=mail).json()["id"]


def test_a_mailbox_is_given_times_of_its_own(client):
    """What is named is set, what is not stays; a mailbox that is not there is 404."""
    sent(client)

    client.put("/v1/mailboxes/main/retention", json={"raw_days": 30, "all_days": 365})
    changed = client.put("/v1/mailboxes/main/retention", json={"raw_days": None, "author": "ben"}).json()

    assert changed == {"mailbox": "main", "raw_days": 0, "text_days": 0, "all_days": 365, "own": ["all"]}
    assert client.get("/v1/retention").json() == {"items": [changed]}
    assert client.put("/v1/mailboxes/nobody/retention", json={"all_days": 1}).status_code == 404
    assert client.put("/v1/mailboxes/main/retention", json={"all_days": -1}).status_code == 422


def test_bytes_that_are_gone_are_answered_with_410(client, database):
    """The email is there, with its text; its bytes and attachments are not, and nothing breaks."""
    email_id = sent(client)
    purge(database, Periods(raw=1), datetime.now(UTC) + timedelta(days=2))

    assert client.get(f"/v1/emails/{email_id}").json()["text"] == "x"
    assert client.get(f"/v1/emails/{email_id}/raw").status_code == 410
    assert client.get(f"/v1/emails/{email_id}/attachments/0").status_code == 410
    assert client.get(f"/emails/{email_id}").status_code == 200


def test_mail_without_text_is_shown_as_what_it_was(client, database):
    """An emptied email is on no list of open mail, and its page and its document are answered."""
    email_id = sent(client)
    purge(database, Periods(text=1), datetime.now(UTC) + timedelta(days=2))

    assert client.get("/v1/inbox").json()["items"] == []
    assert (client.get(f"/v1/emails/{email_id}").json()["from"], client.get(f"/emails/{email_id}").status_code) == (
        {"name": "", "address": ""},
        200,
    )


def test_a_correspondent_is_paged_and_removed(client):
    """Everything comes in pages; after the removal there is nothing, and what is no address is 422."""
    ids = [sent(client, number) for number in range(3)]
    other = sent(client, 4, "ada@example.org")

    first = client.get("/v1/correspondents/jo@example.org", params={"limit": 2}).json()
    rest = client.get("/v1/correspondents/jo@example.org", params={"cursor": first["next_cursor"]}).json()
    removed = client.delete("/v1/correspondents/Jo@Example.org").json()

    assert [one["id"] for one in first["items"] + rest["items"]] == ids
    assert (rest["next_cursor"], removed) == (None, {"deleted": 3, "is_left": False})
    assert client.get("/v1/correspondents/jo@example.org").json()["items"] == []
    assert [item["id"] for item in client.get("/v1/inbox").json()["items"]] == [other]
    assert client.get("/v1/correspondents/example").status_code == 422
