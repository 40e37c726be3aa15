"""Versions of what recognises images over HTTP: listed, activated, rolled back; every refusal is one sentence."""

import pytest

from tests.hollow_bundles import CLASSES, write_hollow_bundle
from tests.make import NOW
from triage.registry import image_versions


@pytest.fixture
def install(database, tmp_path):
    """Install and activate a version."""

    def installs(version, **figures):
        bundle = write_hollow_bundle(tmp_path / "bundles" / version, version, figures=figures)
        packed = image_versions.packed_recognizer(bundle)
        with database.unit_of_work() as session:
            before = image_versions.active_version(session)
            image_versions.install(session, packed, instead_of=before, author="anna", reason="", now=NOW)

    return installs


def states(answer):
    return {item["version"]: item["state"] for item in answer.json()["items"]}


def test_versions_are_listed_activated_and_rolled_back(client, install):
    """The active one first, with its classes and figures but without what it learned from, and who said so and why."""
    install("v1", model={"accuracy": 0.9}, learned="AAAAAAA=")
    install("v2")

    activated = client.post("/v1/images/models/v1/activate", json={"author": "ben", "reason": "trial"})
    rolled_back = client.post("/v1/images/models/rollback")
    listed = client.get("/v1/images/models")

    assert (activated.status_code, rolled_back.status_code) == (200, 200)
    first = activated.json()["items"][0]
    assert (first["version"], first["classes"], first["figures"]) == ("v1", list(CLASSES), {"model": {"accuracy": 0.9}})
    newest = activated.json()["activations"][0]
    assert (newest["version"], newest["author"], newest["reason"]) == ("v1", "ben", "trial")
    assert rolled_back.json() == listed.json()
    assert (listed.json()["active"], states(listed)["v1"]) == ("v2", "kept")


def test_the_shipped_bundle_is_a_version_like_others(client, install):
    """By that word, whether or not it is on this machine."""
    install("v1")

    answer = client.post("/v1/images/models/shipped/activate")

    assert answer.status_code == 200
    assert answer.json()["items"][0]["is_shipped"]
    assert answer.json()["activations"][0]["version"] == answer.json()["active"]


def test_what_cannot_be_is_refused_in_a_sentence(client, install):
    """An unknown version, nothing to return to, an unknown field; and nothing changes."""
    empty = client.post("/v1/images/models/rollback")
    install("v1")
    unknown = client.post("/v1/images/models/v9/activate")
    wrong = client.post("/v1/images/models/v1/activate", json={"mailbox": "main"})

    assert (empty.status_code, unknown.status_code, wrong.status_code) == (409, 404, 422)
    assert "there is no image version v9" in unknown.json()["detail"]
    assert "no version to return to" in empty.json()["detail"]
    assert client.get("/v1/images/models").json()["active"] == "v1"
