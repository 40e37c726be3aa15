"""Mail in, ranked inbox out: real processes, the shipped model, nothing left behind."""

import json
import re
import signal
import tarfile
import threading
from collections import Counter
from pathlib import Path

import psutil
import pytest
from redis.exceptions import ResponseError
from sqlalchemy import func, select

from tests.make import raw_message
from tests.system.conftest import until
from triage.embedded import redis_url
from triage.queue import connect
from triage.queue.names import MAIL_GROUP, MAIL_STREAM
from triage.settings import sqlite_url
from triage.storage.session import Database
from triage.storage.tables import Email, Verdict

NDJSON = {"Content-Type": "application/x-ndjson"}

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

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


def corpus_lines(count: int) -> bytes:
    """That many different mails as lines of JSON."""
    return "".join(
        json.dumps({"from": "a@example.org", "subject": f"Order {n}", "text": f"Where is parcel {n}?"}) + "\n"
        for n in range(count)
    ).encode()


def held_entries(client) -> int:
    """How many entries of the stream were delivered and not acknowledged; none before anybody has read."""
    try:
        return int(client.xpending(MAIL_STREAM, MAIL_GROUP)["pending"])
    except ResponseError:
        return 0


def kill_while_it_holds_mail(worker, data: Path) -> None:
    """Kill a worker at a moment when it holds entries of the stream."""
    with connect(redis_url(data)) as client:
        until(lambda: held_entries(client), 60)
        worker.suspend()
        while not held_entries(client):  # it was faster than we; the next batch will do
            worker.resume()
            until(lambda: held_entries(client), 60)
            worker.suspend()
    worker.kill()


def emails_tried_twice(url: str) -> int:
    """How many emails were delivered to a second worker after the first had died with them."""
    database = Database(url)
    with database.reading() as session:
        count = session.scalar(select(func.count()).where(Email.attempts >= 2))
    database.close()
    return int(count or 0)


def verdicts_per_email(url: str) -> Counter[int]:
    """How many emails have no, one, two … verdicts."""
    database = Database(url)
    query = (
        select(Email.id, func.count(Verdict.email_id))
        .outerjoin(Verdict, Verdict.email_id == Email.id)
        .group_by(Email.id)
    )
    with database.reading() as session:
        counts = Counter(count for _, count in session.execute(query))
    database.close()
    return counts


def test_mail_is_listed_at_once_and_ranked_within_seconds(start):
    """Posted mail is read by the worker, ranked by the policy, explained, and left in order of urgency."""
    instance = start()

    low = instance.http.post("/v1/emails?wait=20", json=NEWSLETTER).json()
    high = instance.http.post("/v1/emails?wait=20", json=GAS).json()
    listed = instance.http.get("/v1/inbox").json()["items"]
    reading = instance.http.post("/v1/predict", json={"subject": GAS["subject"], "body": GAS["text"]}).json()

    assert (low["state"], high["state"]) == ("read", "read")
    assert [item["id"] for item in listed] == [high["id"], low["id"]]
    assert (high["language"], low["language"]) == ("de", "en")
    assert high["priority"] > low["priority"]
    assert low["band"] == "low"
    assert len(high["reasons"]) >= 3
    assert reading["priority"] == pytest.approx(high["priority"], abs=1e-3)
    assert "Geruch im Keller" in instance.triage("inbox").stdout
    assert instance.triage("doctor").returncode == 0


def test_stop_leaves_nothing_running_and_a_restart_has_the_mail(start, tmp_path):
    """Ctrl-C ends every process; the next `up` on the same data shows the same inbox; SIGTERM ends it as well."""
    instance = start()
    email_id = instance.http.post("/v1/emails?wait=20", json=GAS).json()["id"]
    everything = instance.processes()
    assert len(everything) >= 4

    instance.stop(signal.SIGINT)
    _, alive = psutil.wait_procs(everything, timeout=10)
    again = start()
    kept = again.http.get(f"/v1/emails/{email_id}").json()
    remaining = again.processes()
    again.stop(signal.SIGTERM)

    assert alive == []
    assert instance.process.returncode == 0
    assert (kept["state"], kept["subject"]) == ("read", GAS["subject"])
    assert psutil.wait_procs(remaining, timeout=10)[1] == []


@pytest.mark.parametrize("kind", ["sqlite", "postgresql"])
def test_worker_killed_in_the_middle_loses_nothing_and_repeats_nothing(start, tmp_path, kind, request):
    """kill -9 of the text worker, three times during 3,000 mails: each has exactly one verdict (A-13)."""
    url = sqlite_url(tmp_path / "data") if kind == "sqlite" else request.getfixturevalue("postgres_url")
    instance = start(TRIAGE_DATABASE_URL=url, TRIAGE_CLAIM_AFTER="PT2S", TRIAGE_DRAIN_BATCH_SIZE="32")

    for part in range(3):
        lines = corpus_lines(3000).splitlines(keepends=True)[part * 1000 : (part + 1) * 1000]
        worker = instance.worker()
        worker.suspend()
        answer = instance.http.post("/v1/emails/bulk", content=b"".join(lines), headers=NDJSON)
        assert answer.status_code == 200
        worker.resume()
        kill_while_it_holds_mail(worker, tmp_path / "data")
        until(lambda killed=worker: instance.worker() not in (None, killed), 60)
    until(lambda: instance.status()["emails"]["queued"] == 0, 240)

    status = instance.status()
    assert status["emails"] == {"queued": 0, "read": 3000, "failed": 0}
    assert status["queue"]["waiting"] == 0
    assert verdicts_per_email(url) == Counter({1: 3000})
    assert emails_tried_twice(url) > 0


def test_demo_looks_like_a_real_inbox(start):
    """`up --demo` fills the inbox with about 200 sample mails, ranked; a second start adds none."""
    instance = start("--demo")
    until(lambda: instance.status()["emails"]["queued"] == 0, 120)
    first = instance.status()["emails"]
    page = instance.http.get("/v1/inbox?limit=200").json()["items"]
    html = instance.http.get("/").text
    instance.stop()
    again = start("--demo")

    assert first["read"] >= 190
    assert first["failed"] == 0
    assert again.status()["emails"]["read"] == first["read"]
    assert len({item["topic"] for item in page}) >= 7
    assert {item["language"] for item in page} >= {"de", "en"}
    assert len({item["band"] for item in page}) == 4
    assert html.count('<li class="row') == 50


def test_ingest_while_running_is_ranked(start, tmp_path: Path):
    """Files taken in by the command line are read by the worker that runs."""
    instance = start()
    for number in range(30):
        (tmp_path / f"{number}.eml").write_bytes(raw_message(f"Question {number}"))
    (tmp_path / "broken.eml").write_bytes(b"\x00\x01\x02")

    done = instance.triage("ingest", *tmp_path.glob("*.eml"))
    until(lambda: instance.status()["emails"]["queued"] == 0, 60)

    assert done.stdout.strip() == "31 given: 30 stored, 0 duplicate, 1 refused"
    assert instance.status()["emails"] == {"queued": 0, "read": 30, "failed": 0}


def test_thousands_of_real_mails_are_accounted_for_though_the_worker_is_killed(
    start, tmp_path: Path, shared_data, record_property
):
    """Every public mail is stored, duplicate or refused; a worker is killed meanwhile; none is left queued."""
    for archive in ("spamassassin-raw/raw.tar.gz", "mail-fixtures/fixtures.tar.gz"):
        with tarfile.open(shared_data / archive) as files:
            files.extractall(tmp_path / "mail", filter="data")
    # What stands beside the messages as JSON is how others expect them to be read, and no mail.
    mail = sorted(path for path in (tmp_path / "mail").rglob("*") if path.is_file() and path.suffix != ".json")
    instance = start()

    killer = threading.Timer(2, lambda: (worker := instance.worker()) and worker.kill())
    killer.start()
    done = instance.triage("ingest", *mail)
    killer.join()
    until(lambda: instance.status()["emails"]["queued"] == 0, 240)

    given, stored, duplicate, refused = (int(number) for number in re.findall(r"\d+", done.stdout.replace(",", "")))
    status = instance.status()["emails"]
    record_property("figure", f"{done.stdout.strip()}; in the end {status}")
    assert given == len(mail) == stored + duplicate + refused
    assert stored >= 5000
    assert "Traceback" not in done.stderr
    assert status == {"queued": 0, "read": stored, "failed": 0}
    assert verdicts_per_email(sqlite_url(tmp_path / "data")) == Counter({1: stored})
    assert len(instance.http.get("/v1/inbox?limit=200").json()["items"]) == 200
