"""Models change while mail is read: real workers, no restart, no email lost, and an exact way back."""

import hashlib
import io
import json
import os
import shutil
import signal
import tarfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.system.conftest import until
from tests.system.test_mail_reaches_inbox import GAS, NDJSON, corpus_lines
from triage.serving.manifest import DEFAULT_BUNDLE, manifest_in, write_manifest
from triage.settings import sqlite_url
from triage.storage.session import Database
from triage.storage.tables import Email, Model, Verdict

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

SHIPPED = manifest_in(DEFAULT_BUNDLE).version


@pytest.fixture
def version(tmp_path: Path):
    """Make the bundle of a version: the shipped model under another name."""

    def makes(name: str) -> Path:
        folder = shutil.copytree(DEFAULT_BUNDLE, tmp_path / "bundles" / name)
        write_manifest(folder, replace(manifest_in(folder), version=name))
        return folder

    return makes


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Where an instance keeps its mail."""
    if request.param == "postgresql":
        return str(request.getfixturevalue("postgres_url"))
    return sqlite_url(tmp_path / "data")


def send(instance, count: int, *, after: int = 0) -> None:
    """Post different mails."""
    lines = corpus_lines(after + count).splitlines(keepends=True)[after:]
    answer = instance.http.post("/v1/emails/bulk", content=b"".join(lines), headers=NDJSON)
    assert answer.status_code == 200


def standing(url: str) -> Counter[str | None]:
    """How many emails stand by each version."""
    database = Database(url)
    with database.reading() as session:
        found = Counter(session.scalars(select(Email.model_version)))
    database.close()
    return found


def distributions(url: str) -> dict[int, str]:
    """What the verdict that each email stands by says, to the byte."""
    database = Database(url)
    query = select(Email.id, Verdict.distributions).join(
        Verdict, (Verdict.email_id == Email.id) & (Verdict.model_version == Email.model_version)
    )
    with database.reading() as session:
        found = {email_id: json.dumps(told, sort_keys=True) for email_id, told in session.execute(query)}
    database.close()
    return found


def test_activate_and_roll_back_without_restart(start, url, version):
    """New mail and old is read by the new version, then all stands as before, to the byte; none is lost (A-23)."""
    instance = start(TRIAGE_DATABASE_URL=url)
    worker = instance.worker()
    send(instance, 300)
    until(lambda: standing(url) == {SHIPPED: 300}, 120)
    before, inbox = distributions(url), instance.http.get("/v1/inbox?limit=200").json()["items"]

    assert instance.triage("models", "install", version("ours")).returncode == 0
    assert instance.triage("models", "activate", "ours").returncode == 0
    send(instance, 300, after=300)
    fresh = instance.http.post("/v1/emails?wait=20", json=GAS).json()
    until(lambda: standing(url) == {"ours": 601}, 120)
    progress = instance.http.get("/v1/models").json()["rereading"]
    answer = instance.http.post("/v1/models/rollback")
    until(lambda: standing(url) == {SHIPPED: 601}, 120)

    after = distributions(url)
    assert fresh["state"] == "read"
    assert progress == {"done": 601, "of": 601, "refused": 0}
    assert answer.json()["active"] == SHIPPED
    assert {email_id: after[email_id] for email_id in before} == before
    old = {item["id"] for item in inbox}
    page = instance.http.get("/v1/inbox?limit=200").json()["items"]
    places = {item["id"]: (item["priority"], item["band"]) for item in inbox}
    assert all(places[item["id"]] == (item["priority"], item["band"]) for item in page if item["id"] in old)
    assert instance.status()["emails"] == {"queued": 0, "read": 601, "failed": 0}
    assert instance.worker() == worker


def test_a_version_of_an_older_release_leaves_the_mailbox_to_the_shipped_model(start, tmp_path, version):
    """As after an upgrade: mail is read on, and a person is told, until a version that fits comes (A-25)."""
    url = sqlite_url(tmp_path / "data")
    instance = start()
    send(instance, 10)
    until(lambda: standing(url) == {SHIPPED: 10}, 120)
    instance.triage("models", "install", version("old"))
    instance.triage("models", "activate", "old")
    until(lambda: standing(url) == {"old": 10}, 120)
    instance.stop()
    make_old(url, version("older"), "old")
    shutil.rmtree(tmp_path / "data" / "models")

    again = start()
    email = again.http.post("/v1/emails?wait=20", json=GAS).json()
    until(lambda: again.readers()[0]["problem"], 60)
    (told,) = again.readers()
    doctor = again.triage("doctor")
    refused = again.triage("models", "activate", "old", "--reason", "again")
    again.triage("models", "install", version("new"))
    again.triage("models", "activate", "new")
    until(lambda: standing(url) == {"new": 11}, 120)

    assert (email["state"], email["model_version"]) == ("read", SHIPPED)
    assert told["state"] == "ready"
    assert "version old is not read with" in told["problem"]
    assert "has format 1 and we read" in told["problem"]
    assert "version old is not read with" in " ".join(doctor.stdout.split())
    assert refused.stdout == "mailbox main is already read with old\n"
    until(lambda: again.readers()[0]["problem"] == "", 60)


def make_old(url: str, bundle: Path, name: str) -> None:
    """Put the bundle of an earlier release in the place of a version."""
    write_manifest(bundle, replace(manifest_in(bundle), version=name, format=1))
    archive = io.BytesIO()
    with tarfile.open(fileobj=archive, mode="w") as tar:
        tar.add(bundle, arcname=".")
    database = Database(url)
    with database.unit_of_work() as session:
        model = session.get_one(Model, name)
        model.manifest = json.loads((bundle / "manifest.json").read_text())
        model.archive, model.digest = archive.getvalue(), hashlib.sha256(archive.getvalue()).digest()
    database.close()


def test_workers_killed_while_they_read_again_lose_nothing(start, tmp_path, version):
    """kill -9 three times in the middle: in the end each email has both verdicts and stands by the active version."""
    url = sqlite_url(tmp_path / "data")
    instance = start(TRIAGE_CLAIM_AFTER="PT2S")
    send(instance, 3000)
    until(lambda: standing(url) == {SHIPPED: 3000}, 240)
    instance.triage("models", "install", version("ours"))
    instance.triage("models", "activate", "ours")

    for part in (1, 2, 3):
        until(lambda part=part: standing(url)["ours"] > part * 500, 240)
        worker = instance.worker()
        os.kill(worker.pid, signal.SIGKILL)
        until(lambda killed=worker: instance.worker() not in (None, killed), 60)
    until(lambda: standing(url) == {"ours": 3000}, 300)

    assert verdicts(url) == {SHIPPED: 3000, "ours": 3000}
    assert instance.http.get("/v1/models").json()["rereading"]["refused"] == 0


def verdicts(url: str) -> Counter[str]:
    """How many verdicts each version gave."""
    database = Database(url)
    with database.reading() as session:
        found = Counter(session.scalars(select(Verdict.model_version)))
    database.close()
    return found
