"""Who labels over HTTP calls a worker to learn; the label stands whether one comes or not."""

import pytest
from fastapi.testclient import TestClient

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from triage.classify import classify
from triage.labels import Topic
from triage.learning import due, learn, place_some
from triage.queue.names import LEARNING
from triage.storage import placings
from triage.web.app import create_app

MODEL = FakeTextModel(reading(topic=Topic.OTHER, confidence=0.6), version="v1")
LABEL = {"topic": "billing", "urgency": "high", "author": "anna"}


@pytest.fixture
def ids(client, database):
    """Two emails with the same words and one with others, all read."""
    texts = ["garage barrier ticket", "garage barrier ticket ", "printer toner"]
    made = [client.post("/v1/emails", json={"subject": "hello", "text": text}).json()["id"] for text in texts]
    with database.unit_of_work() as session:
        classify(session, made, MODEL, POLICY, NOW)
    return made


@pytest.mark.parametrize("route", ["one", "withdrawn", "bulk"])
def test_each_route_that_changes_labels_calls_a_worker(client, redis, ids, route):
    """Once the label is stored."""
    label_id = client.post(f"/v1/emails/{ids[0]}/labels", json=LABEL).json()["label_id"]
    if route != "one":
        redis.delete(LEARNING)
    if route == "withdrawn":
        client.delete(f"/v1/emails/{ids[0]}/labels/{label_id}")
    if route == "bulk":
        client.post("/v1/labels/bulk", json={"ids": ids, "topic": "order"})

    assert redis.exists(LEARNING)


def test_a_label_stands_while_redis_is_away(settings, client, database, ids, tmp_path):
    """It is answered as ever, and is learned from when beat sends a worker to look."""
    away = settings.model_copy(update={"redis_url": f"unix://{tmp_path}/none.sock", "auth": "off"})
    with TestClient(create_app(away), raise_server_exceptions=False) as without:
        answer = without.post(f"/v1/emails/{ids[0]}/labels", json=LABEL)

    assert (answer.status_code, answer.json()["topic"]) == (200, "billing")
    with database.reading() as session:
        assert len(list(due(session, lambda _: "v1"))) == 1


def test_after_learning_a_person_sees_why_a_mail_moved(client, database, ids):
    """The twin has the label's topic and stands higher (A-21); its reasons say what that rests on."""
    before = client.get(f"/v1/emails/{ids[1]}").json()
    client.post(f"/v1/emails/{ids[0]}/labels", json=LABEL)
    with database.reading() as session:
        (mailbox,) = due(session, lambda _: "v1")
    memory = learn(database, mailbox, NOW)
    with database.reading() as session:
        (left,) = placings.unplaced(session)
    place_some(database, left, memory, POLICY, NOW)

    after = client.get(f"/v1/emails/{ids[1]}").json()
    reasons = {reason["factor"]: reason["text"] for reason in after["reasons"]}
    assert (after["topic"], after["urgency"], after["labelled"]) == ("billing", "high", [])
    assert after["reading"]["topic"] == "billing"
    assert after["priority"] > before["priority"]
    assert reasons["topic"].endswith("as mail like it was labelled here")
    assert reasons["urgency"].endswith("as mail like it was labelled here")
    exported = client.get("/v1/labels").text.splitlines()
    assert len(exported) == 1  # what memory thinks is nobody's label
