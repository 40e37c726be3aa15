"""A topic over HTTP and on pages: applied, suggested, or none (A-22)."""

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from triage.classify import classify
from triage.labels import Topic


@pytest.fixture
def read(client, database):
    """Take in a mail that the model reads as billing with some confidence; return its number."""

    def reads(confidence):
        email_id = client.post("/v1/emails", json={"subject": f"mail of {confidence}", "text": "x"}).json()["id"]
        model = FakeTextModel(reading(topic=Topic.BILLING, confidence=confidence))
        with database.unit_of_work() as session:
            classify(session, [email_id], model, POLICY, NOW)
        return email_id

    return reads


@pytest.mark.parametrize(("confidence", "state"), [(0.95, "applied"), (0.5, "suggested"), (0.2, "none")])
def test_email_says_what_its_topic_is_worth(client, read, confidence, state):
    """In the list and alone, beside the topic and its confidence."""
    email_id = read(confidence)

    listed, alone = client.get("/v1/inbox").json()["items"][0], client.get(f"/v1/emails/{email_id}").json()

    for item in (listed, alone):
        assert (item["topic"], item["topic_confidence"], item["topic_state"]) == ("billing", confidence, state)


def test_unread_mail_has_no_state(client):
    """Before there is a topic it is worth nothing."""
    item = client.post("/v1/emails", json={"subject": "a", "text": "x"}).json()

    assert (item["topic"], item["topic_state"]) == (None, None)


def test_topic_that_a_person_said_is_applied(client, read):
    """Whatever the model thought; when it is taken back, the model's suggestion is back."""
    email_id = read(0.2)

    said = client.post(f"/v1/emails/{email_id}/labels", json={"topic": "billing"}).json()
    urgent = client.post(f"/v1/emails/{email_id}/labels", json={"urgency": "high"}).json()
    undone = client.delete(f"/v1/emails/{email_id}/labels/{said['label_id']}").json()

    assert (said["topic_state"], urgent["topic_state"], undone["topic_state"]) == ("applied", "applied", "none")


def test_pages_show_a_suggestion_as_one(client, read):
    """A question mark in the list and a question on the page of the mail; where no topic is likely, none is named."""
    applied, suggested, none = read(0.95), read(0.5), read(0.2)

    listed = client.get("/").text

    for mark in (">billing</button>", ">billing?</button>", ">–</button>"):
        assert listed.count(mark) == 1, mark
    assert "Is it billing?" not in client.get(f"/emails/{applied}").text
    assert "Is it billing?" in client.get(f"/emails/{suggested}").text
    assert ">billing</button>" not in client.get(f"/emails/{none}").text
