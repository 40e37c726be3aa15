"""Trainings over HTTP; nobody trains here."""

import pytest
from sqlalchemy import update

from tests.make import accept, make_intake, raw_message
from tests.triage.trainings.conftest import say
from triage.queue.heartbeat import Heartbeat, beat
from triage.queue.names import TRAIN_QUEUE
from triage.storage.tables import Training


@pytest.fixture
def ids(database, redis):
    """Ten emails, three of them of a topic of the mailbox's own."""
    raws = [raw_message(f"mail {number}", sender=f"w{number}@example.org") for number in range(10)]
    return [receipt.email_id for receipt in accept(make_intake(database, redis), *raws)]


def test_a_training_is_a_row_and_calls_a_worker(client, redis, ids):
    """A-35: 202 with its place; asked again, the same one."""
    first = client.post("/v1/trainings", json={"mailbox": "main", "author": "anna"})
    again = client.post("/v1/trainings")
    shown = client.get(first.headers["Location"])

    assert first.status_code == again.status_code == 202
    assert again.json()["id"] == first.json()["id"]
    assert (shown.json()["state"], shown.json()["author"], shown.json()["cause"]) == ("queued", "anna", "person")
    assert redis.llen(TRAIN_QUEUE) == 1
    assert [item["id"] for item in client.get("/v1/trainings?mailbox=main").json()["items"]] == [first.json()["id"]]


def test_a_report_is_figures_and_a_page_that_runs_and_fetches_nothing(client, database, ids):
    """404 with the reason until it is there; lists leave the long part out."""
    place = client.post("/v1/trainings").headers["Location"]
    early = client.get(f"{place}/report")
    figures = {"version": "text-1", "comparison": {"mails": 3}, "report": {"heads": {}}}
    with database.unit_of_work() as session:
        session.execute(update(Training).values(state="refused", figures=figures, page="<p>Ärger & so</p>"))
    page = client.get(f"{place}/report")

    assert (early.status_code, early.headers["content-type"]) == (404, "application/problem+json")
    assert "is queued; its report is there when it has ended" in early.json()["detail"]
    assert (page.status_code, page.text) == (200, "<p>Ärger & so</p>")
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    policy = "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert page.headers["content-security-policy"] == policy
    assert client.get(place).json()["figures"] == figures
    assert client.get("/v1/trainings").json()["items"][0]["figures"] == {
        name: figure for name, figure in figures.items() if name != "report"
    }
    assert client.get("/v1/trainings/999/report").status_code == 404


def test_what_is_unknown_is_404(client, ids):
    """A mailbox, a training."""
    assert client.post("/v1/trainings", json={"mailbox": "nobody"}).status_code == 404
    assert client.get("/v1/trainings?mailbox=nobody").status_code == 404
    assert client.get("/v1/trainings/999").status_code == 404
    assert client.get("/v1/models/current/training?mailbox=nobody").status_code == 404
    assert client.post("/v1/trainings", json={"mailbox": "main", "now": True}).status_code == 422


def test_labels_used_and_ignored_next_run_and_blockers_are_told(client, database, redis, ids):
    """A-21: in words, with what is missing, and who should be there and is not."""
    say(database, ids[:4], topic="order")
    say(database, ids[4:6], source="rule", topic="order")
    client.post("/v1/mailboxes/main/topics", json={"names": ["Parking"]})
    say(database, ids[6:9], topic="Parking")

    told = client.get("/v1/models/current/training?mailbox=main").json()
    beat(redis, Heartbeat("one", "train", None))
    attended = client.get("/v1/models/current/training").json()

    assert told["labels_used"] == 4 == told["labels_learned"] + told["labels_held_out"]
    assert told["labels_ignored"] == {"said by a rule alone": 2, "too few labels of its topic": 3}
    assert told["waiting_topics"] == ["topic Parking: 3 of 8 labels"]
    assert told["last_run"] is told["unfinished"] is told["active_version"] is None
    assert told["next_run"] == "after 91 more labels"
    assert "of 20 labelled emails to learn from; label more mail" in told["blockers"][0]
    assert told["blockers"][-1].startswith("no training worker gives a sign of life")
    assert len(attended["blockers"]) == len(told["blockers"]) - 1


def test_status_and_metrics_tell_of_topics_and_trainings(client, database, ids):
    """A-24: which topics want more labels, and whether a training waits for somebody."""
    client.post("/v1/mailboxes/main/topics", json={"names": ["Parking"]})
    say(database, ids[:3], topic="Parking")
    client.post("/v1/trainings")

    learning = client.get("/v1/status").json()["learning"]

    assert learning["waiting_topics"] == {"main": ["topic Parking: 3 of 8 labels"]}
    assert learning["trainings"]["queued"] == 1
    assert "start one with `triage worker train`" in learning["problem"]
    assert 'triage_trainings{state="queued"} 1.0' in client.get("/metrics").text


def test_a_worker_that_trains_reads_no_mail(client, redis, ids):
    """It does not count among those that do."""
    beat(redis, Heartbeat("one", "train", None))

    assert "no text worker gives a sign of life" in client.get("/readyz").json()["checks"]["workers"]
    assert "triage_workers_ready 0.0" in client.get("/metrics").text
