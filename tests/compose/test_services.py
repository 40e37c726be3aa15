"""The services of docker-compose.yml, each by its own command, variables, health check, signal and grace.

One set-up for all tests, in their order: it starts, works, is scaled, loses its broker, and stops.
"""

import json
import os
import re
import signal
import time

import httpx2
import psutil
import pytest

from tests.compose.reading import OURS, REPOSITORY, duration, services, size
from tests.compose.stand import Stand, standing
from tests.docs.commands import commands
from tests.keys import bearing
from tests.pictures import mail_with, picture
from tests.system.conftest import until

pytestmark = [pytest.mark.compose, pytest.mark.timeout(600)]

GAS = {
    "from": "Ute Beck <ute@example.org>",
    "subject": "Geruch im Keller",
    "text": "Seit dem Mittag riecht es im Keller nach Gas und es wird stärker. Im Haus wohnen drei ältere Leute.",
}
NEWSLETTER = {
    "from": "Deals <news@example.net>",
    "subject": "Our spring offers",
    "text": "Save 20 percent on garden furniture. You receive this newsletter as a subscriber. Unsubscribe here.",
}
NDJSON = {"Content-Type": "application/x-ndjson"}
LASTING = [name for name in OURS if name != "migrate"]


@pytest.fixture(scope="module")
def stand():
    """The set-up."""
    with standing() as made:
        yield made


@pytest.fixture(scope="module")
def http(stand):
    """A client with a key that was made as docs/docker.md says."""
    key = stand.containers["web"].run("triage", "keys", "create", "--role", "admin", "--name", "test").split()[-1]
    with httpx2.Client(base_url=stand.address, timeout=60, headers=bearing(key)) as client:
        yield client


def test_every_service_becomes_healthy(stand: Stand):
    """Each by its own check, after those that it waits for."""
    assert {name for name in LASTING if stand.containers[name].is_healthy()} == set(LASTING)
    assert stand.containers["migrate"].exit_code == 0


def test_a_person_is_let_in_by_a_link_that_leads_to_this_machine(stand: Stand):
    """Not to 0.0.0.0, where the server in its container listens; once, as everywhere."""
    link = stand.containers["web"].run("triage", "login").strip()

    first, second = httpx2.get(link), httpx2.get(link)

    assert link.startswith(stand.address)
    assert (first.status_code, first.headers["location"]) == (303, "/")
    assert second.status_code == 401


def test_only_its_own_names_are_answered_and_nobody_is_let_in_without_a_key(stand: Stand):
    """It listens on every address of its container, so both must hold there."""
    assert httpx2.get(f"{stand.address}/v1/inbox").status_code == 401
    assert httpx2.get(f"{stand.address}/livez", headers={"Host": "evil.example"}).status_code == 400


def test_mail_is_read_and_its_images_are_recognised(stand: Stand, http):
    """From HTTP through queue and workers to the ranked inbox; `triage doctor` in the container agrees."""
    raw = {"Content-Type": "message/rfc822"}
    low, high, pictured = (
        http.post("/v1/emails", json=NEWSLETTER),
        http.post("/v1/emails", json=GAS),
        http.post("/v1/emails", content=mail_with(picture()), headers=raw),
    )
    until(lambda: http.get("/v1/status").json()["emails"]["read"] == 3, 120)
    until(lambda: http.get("/v1/status").json()["images"]["read"] == 1, 170)

    listed = [item["id"] for item in http.get("/v1/inbox").json()["items"]]
    assert {answer.status_code for answer in (low, high, pictured)} == {202}
    assert listed.index(high.json()["id"]) < listed.index(low.json()["id"])
    assert {worker["kind"] for worker in http.get("/v1/status").json()["workers"]} == {"text", "image", "train"}
    assert stand.containers["web"].run("triage", "doctor")


def test_another_text_worker_needs_no_setting_of_its_own(stand: Stand, http):
    """`--scale worker-text=2`: each has its own sign of life, so one that lives hides none that died."""
    second = stand.add("worker-text")
    second.start()
    until(lambda: "ready" in second.signs(), 170)

    first = stand.containers["worker-text"]
    assert second.environment.keys() == first.environment.keys()
    assert first.is_healthy()
    assert second.is_healthy()
    ready = [one["state"] for one in http.get("/v1/status").json()["workers"] if one["kind"] == "text"]
    assert ready == ["ready", "ready"]
    second.grow_old()
    os.kill(second.pid, signal.SIGSTOP)
    second.grow_old()
    assert first.is_healthy()
    assert not second.is_healthy()
    os.kill(second.pid, signal.SIGCONT)
    second.stop()


def test_slow_import_of_tensorflow_restarts_no_worker(stand: Stand, tmp_path):
    """An import of 15 s: asked as often as the file says, it is never unhealthy, and it becomes ready (A-17)."""
    (tmp_path / "sitecustomize.py").write_text(SLOW_TENSORFLOW)
    slow = stand.add("worker-text")
    slow.extra = {"PYTHONPATH": f"{tmp_path}:{slow.environment['PYTHONPATH']}"}
    check = slow.service["healthcheck"]
    began, failures = time.monotonic(), 0
    slow.start()

    while "ready" not in slow.signs():
        assert time.monotonic() - began < 170
        time.sleep(duration(check["interval"]).total_seconds())
        in_start = time.monotonic() - began < duration(check["start_period"]).total_seconds()
        failures = 0 if slow.is_healthy() else failures + (not in_start)
        assert failures < check["retries"]

    assert "importing slowly" in slow.log.read_text()
    assert slow.is_healthy()
    slow.stop()


def test_a_broker_that_is_down_fails_readiness_and_no_health_check(stand: Stand, http):
    """A restart would not bring it back; mail is taken in meanwhile, and read afterwards (A-31)."""
    broker = stand.containers["broker"]
    broker.kill()
    for name in LASTING:
        stand.containers[name].grow_old()
    taken = http.post("/v1/emails", json={**GAS, "subject": "Again"})
    for name in LASTING:
        until(stand.containers[name].is_healthy, 120)
    not_ready = http.get("/readyz")
    fresh = time.time() - 45
    ready = [
        name
        for name in LASTING
        for kind, file in stand.containers[name].signs().items()
        if kind == "ready" and file.stat().st_mtime > fresh
    ]
    broker.start()
    until(lambda: http.get("/readyz").status_code == 200, 120)
    until(lambda: http.get(f"/v1/emails/{taken.json()['id']}").json()["state"] == "read", 120)

    assert taken.status_code == 202
    assert not_ready.status_code == 503
    assert ready == []
    assert broker.is_healthy()


def test_the_commands_of_the_page_work_in_their_containers(stand: Stand, http):
    """A link, a key, mail in, readings, a dump, a key for Prometheus: all that docs/docker.md tells people to type."""
    mail = {"id": "a1", "subject": "Where is my parcel?", "body": "It was to come on Monday."}
    (stand.folder / "archive.jsonl").write_text(json.dumps({**GAS, "subject": "From an archive"}) + "\n")
    (stand.folder / "emails.jsonl").write_text(json.dumps(mail) + "\n")
    typed = [one.text for one in commands("docs/docker.md") if re.search(r"docker compose exec|^curl ", one.plain)]

    told = stand.shell(*(command for command in typed if "pg_restore" not in command))

    assert len(typed) >= 8
    assert f"{stand.address}/login?link=" in told
    assert json.loads((stand.folder / "readings.jsonl").read_text())["id"] == "a1"
    assert (stand.folder / "triage.dump").stat().st_size > 10_000
    subjects = {item["subject"] for item in http.get("/v1/inbox").json()["items"]}
    assert {"Lift stuck", "From an archive"} <= subjects
    scraped = (stand.folder / "secrets" / "metrics_key").read_text().strip()
    assert httpx2.get(f"{stand.address}/metrics", headers=bearing(scraped)).status_code == 200


def test_every_service_stays_within_its_memory(stand: Stand, http, record_property):
    """After a thousand mails of full length, an image and a lost broker, at its peak (A-19)."""
    texts = [path.read_text(errors="replace") for path in sorted((REPOSITORY / "triage/demo/mail").glob("*.eml"))]
    lines = [{**GAS, "subject": f"Mail {n}", "text": f"{texts[n % len(texts)]} {n}"} for n in range(1000)]
    sent = http.post("/v1/emails/bulk", content="".join(json.dumps(one) + "\n" for one in lines), headers=NDJSON)
    until(lambda: http.get("/v1/status").json()["emails"]["queued"] == 0, 240)

    peaks = {name: stand.containers[name].peak_bytes() for name in [*LASTING, "broker"]}

    told = ", ".join(f"{name} {peak / 2**20:.0f} of {services()[name]['mem_limit']}" for name, peak in peaks.items())
    record_property("figure", f"A-19: memory of the services at its peak, in MiB: {told}")
    assert sent.status_code == 200
    assert {name for name, peak in peaks.items() if peak > 0.9 * size(services()[name]["mem_limit"])} == set()


def test_every_service_ends_in_time_and_leaves_nothing_elsewhere(stand: Stand):
    """By its own signal and within its own grace; nothing was written but to volumes and memory."""
    running = [stand.containers[name] for name in [*LASTING, "broker"]]
    families = [psutil.Process(one.pid) for one in running]
    families += [child for one in list(families) for child in one.children(recursive=True)]

    for container in running:
        container.stop()

    assert psutil.wait_procs(families, timeout=10)[1] == []
    for name in LASTING:
        folder = stand.containers[name].place.folder
        elsewhere = {path.name for path in folder.iterdir()} - {"run", "tmp", "data", "image"}
        assert elsewhere == set()
        assert list((folder / "data").iterdir()) == []


def test_a_dump_is_taken_back_into_the_database(stand: Stand):
    """By the command of docs/docker.md, with nothing else running: what came after the dump is gone, the rest there."""
    db = stand.containers["db"]
    count = ["psql", "--username", "triage", "--tuples-only", "--command", "SELECT count(*) FROM email"]
    before = int(db.run(*count))
    [restore] = [one.text for one in commands("docs/docker.md") if "pg_restore" in one.plain]

    stand.shell(restore)

    assert before >= 1000
    assert 5 <= int(db.run(*count)) < 20
    db.stop()


SLOW_TENSORFLOW = '''
"""Lets the import of TensorFlow take 15 seconds longer, as on a throttled processor."""
import sys
import time


class Slowly:
    def find_spec(self, name, path=None, target=None):
        if name == "tensorflow":
            print("importing slowly", flush=True)
            end = time.monotonic() + 15
            while time.monotonic() < end:
                sum(range(10_000))
        return None


sys.meta_path.insert(0, Slowly())
'''
