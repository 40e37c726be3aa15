"""Models over HTTP: listed, activated, rolled back and compared; every refusal is a problem in one sentence."""

from dataclasses import replace

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, accept, make_intake, raw_message
from triage import registry
from triage.classify import classify
from triage.queue.names import READING_AGAIN
from triage.rereading import read_again
from triage.serving.manifest import DEFAULT_BUNDLE, manifest_in, write_manifest
from triage.storage import models
from triage.storage.mailboxes import mailbox_id

SHIPPED = manifest_in(DEFAULT_BUNDLE)


@pytest.fixture
def ids(database, redis):
    """Three emails of `main`, read with the shipped model."""
    made = [one.email_id for one in accept(make_intake(database, redis), *(raw_message(f"mail {n}") for n in range(3)))]
    with database.unit_of_work() as session:
        classify(session, made, FakeTextModel(version=SHIPPED.version), POLICY, NOW)
    return made


@pytest.fixture
def install(database, ids, tmp_path):
    """Install a version of `main`."""

    def installs(version, **changed):
        folder = tmp_path / "bundles" / version
        folder.mkdir(parents=True)
        write_manifest(folder, replace(SHIPPED, version=version, **changed))
        with database.unit_of_work() as session:
            return registry.install(session, folder, mailbox_id=mailbox_id(session, "main"), now=NOW)

    return installs


def states(answer):
    return {item["version"]: item["state"] for item in answer.json()["items"]}


def test_a_fresh_instance_has_the_shipped_model(client):
    """Before any mail came; a mailbox that is named must be there."""
    answer = client.get("/v1/models")

    assert (answer.json()["mailbox"], answer.json()["active"]) == ("main", SHIPPED.version)
    assert states(answer) == {SHIPPED.version: "active"}
    assert client.get("/v1/models?mailbox=nobody").status_code == 404


def test_activate_and_roll_back(client, install, redis):
    """The list that each answers with says what is active, since when, by whom and why; a turn to read again begins."""
    install("v1")

    activated = client.post("/v1/models/v1/activate", json={"author": "anna", "reason": "trial"})
    begun = redis.exists(READING_AGAIN)
    rolled_back = client.post("/v1/models/rollback", params={"mailbox": "main"})

    assert (activated.status_code, rolled_back.status_code) == (200, 200)
    first = activated.json()["items"][0]
    assert (first["version"], first["state"], first["activated_by"], first["reason"]) == (
        "v1",
        "active",
        "anna",
        "trial",
    )
    assert first["figures"] == SHIPPED.figures
    assert states(rolled_back) == {SHIPPED.version: "active", "v1": "kept"}
    assert begun


def test_the_shipped_model_is_a_version_like_others(client, install):
    """By its version or by the word."""
    install("v1")
    for name in ("shipped", SHIPPED.version):
        client.post("/v1/models/v1/activate")

        assert client.post(f"/v1/models/{name}/activate").json()["active"] == SHIPPED.version


def test_a_card_is_markdown(client, install):
    """Of the shipped model before there is any mailbox, and by either name; of others while they are kept."""
    shipped = client.get("/v1/models/shipped/card")
    install("v1")

    assert (shipped.status_code, shipped.headers["content-type"]) == (200, "text/markdown; charset=utf-8")
    assert shipped.text.startswith(f"# Model card: {SHIPPED.version}")
    assert client.get(f"/v1/models/{SHIPPED.version}/card").text == shipped.text
    assert "came without a card" in client.get("/v1/models/v1/card").json()["detail"]
    assert client.get("/v1/models/v9/card").status_code == 404
    assert client.get("/v1/models/v1/card?mailbox=nobody").status_code == 404


def test_reading_again_shows_how_far_it_is(client, database, ids, install):
    """In the list and, as long as something is left, in the status."""
    install("v1", thresholds={})
    client.post("/v1/models/v1/activate")
    before = client.get("/v1/models").json()["rereading"], client.get("/v1/status").json()["rereading"]
    read_again(database, ids[:2], FakeTextModel(version="v1"), POLICY, NOW)
    half = client.get("/v1/status").json()["rereading"]
    read_again(database, ids, FakeTextModel(version="v1"), POLICY, NOW)

    assert before[0] == {"done": 0, "of": 3, "refused": 0}
    assert before[1] == [{"mailbox": "main", "version": "v1", "done": 0, "of": 3}]
    assert half == [{"mailbox": "main", "version": "v1", "done": 2, "of": 3}]
    assert client.get("/v1/models").json()["rereading"] == {"done": 3, "of": 3, "refused": 0}
    assert client.get("/v1/status").json()["rereading"] == []


def test_a_candidate_reads_beside_the_active_one_until_it_is_stopped(client, install):
    """One at a time; the list has its counts."""
    install("v1")
    install("v2")
    first = client.post("/v1/models/v1/shadow").json()["items"]
    second = client.post("/v1/models/v2/shadow").json()["items"]
    stopped = client.post("/v1/models/shadow/stop").json()["items"]

    def running(items):
        return [item["version"] for item in items if item["shadow"] and item["shadow"]["stopped_at"] is None]

    assert (running(first), running(second), running(stopped)) == (["v1"], ["v2"], [])
    assert client.post("/v1/models/shadow/stop").status_code == 200


@pytest.mark.parametrize(
    ("path", "status", "sentence"),
    [
        ("v9/activate", 404, "mailbox main has no model v9"),
        ("v9/shadow", 404, "mailbox main has no model v9"),
        ("rollback", 409, "mailbox main has no version to return to"),
        ("old/activate", 409, "version old has format 1 and we read"),
        ("gone/activate", 409, "version gone is not kept any more"),
        ("gone/shadow", 409, "version gone is not kept any more"),
        ("rollback?mailbox=nobody", 404, "there is no mailbox nobody"),
        ("%00/activate", 422, "version"),
    ],
)
def test_what_cannot_be_done_is_a_problem_and_changes_nothing(client, database, install, path, status, sentence):
    """One sentence each."""
    for version in ("old", "gone"):
        install(version)
    with database.unit_of_work() as session:
        old = session.get(models.Model, "old")
        old.manifest = old.manifest | {"format": 1}
        session.get(models.Model, "gone").archive = None

    answer = client.post(f"/v1/models/{path}")

    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert sentence in answer.json()["detail"]
    assert client.get("/v1/models").json()["active"] == SHIPPED.version


def test_an_active_version_cannot_be_its_own_candidate(client, install):
    """They would never differ."""
    install("v1")
    client.post("/v1/models/v1/activate")

    assert client.post("/v1/models/v1/shadow").status_code == 409


def test_without_redis_the_pointer_moves(client, install, redis_server, redis):
    """Workers and beat follow once it is back."""
    install("v1")
    redis.config_set("maxmemory", 1)
    try:
        answer = client.post("/v1/models/v1/activate")
    finally:
        redis.config_set("maxmemory", 0)

    assert (answer.status_code, answer.json()["active"]) == (200, "v1")
