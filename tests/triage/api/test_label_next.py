"""What to label next, over HTTP."""

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from triage.classify import classify
from triage.labels import Topic


@pytest.fixture
def ids(client, database):
    """Three mails of the mailbox `a/b`: read surely, unsurely, and in another way unsurely."""
    made = [
        client.post("/v1/emails?mailbox=a/b", json={"subject": f"mail {n}", "text": "x"}).json()["id"] for n in range(3)
    ]
    for email_id, topic, confidence in zip(
        made, (Topic.BILLING, Topic.ORDER, Topic.BULK), (0.9, 0.4, 0.5), strict=True
    ):
        with database.unit_of_work() as session:
            classify(session, [email_id], FakeTextModel(reading(topic=topic, confidence=confidence)), POLICY, NOW)
    return made


def test_emails_are_listed_as_the_inbox_lists_them(client, ids):
    """The most telling first, with how unsure the model is; a limit cuts the list."""
    items = client.get("/v1/mailboxes/a/b/label-next").json()["items"]

    assert [item["id"] for item in items] == [ids[1], ids[2], ids[0]]
    assert items[0]["uncertainty"] > items[1]["uncertainty"] > items[2]["uncertainty"] > 0
    assert (items[0]["topic"], items[0]["topic_state"], items[0]["mailbox"]) == ("order", "suggested", "a/b")
    assert len(client.get("/v1/mailboxes/a/b/label-next?limit=1").json()["items"]) == 1


def test_labelled_mail_leaves_the_list(client, ids):
    """What a person said is not asked for again."""
    client.post(f"/v1/emails/{ids[1]}/labels", json={"topic": "order"})

    assert [item["id"] for item in client.get("/v1/mailboxes/a/b/label-next").json()["items"]] == [ids[2], ids[0]]


@pytest.mark.parametrize(
    ("path", "status"), [("nowhere/label-next", 404), ("a/label-next?limit=0", 422), ("a/label-next?limit=101", 422)]
)
def test_what_cannot_be_listed_is_refused(client, path, status):
    """An unknown mailbox and a limit out of range."""
    assert client.get(f"/v1/mailboxes/{path}").status_code == status
