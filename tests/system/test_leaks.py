"""What other people wrote stays in the database: a full run with marked mail, and then everything else is searched.

Traces are on, and every request claims an address for its id.
"""

import json
from base64 import b64encode
from pathlib import Path

import httpx2
import pytest
from redis import Redis

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user
from tests.make import raw_message
from tests.otlp import collector
from tests.pictures import mail_with, picture
from tests.system.conftest import until
from triage.embedded import redis_url
from triage.embedded.instance import log_folder, redis_folder
from triage.queue import connect

__all__ = ["dovecot", "identity_provider", "mail_user"]

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

FAULTS = Path(__file__).parents[1] / "chaos" / "faults"
SUBJECT, BODY, ADDRESS, FILE = "Zyrquax", "Quvblorp", "vexmirth", "glimfendle"
MARKS = (SUBJECT, BODY, ADDRESS, FILE)
WHO = f"Jo Doe <{ADDRESS}@example.org>"


def marked(number: int, *, subject: str = "", headers: str = "") -> bytes:
    body = f"{BODY}: the lift is stuck, two people are inside. Number {number}."
    return raw_message(f"{SUBJECT} {subject} {number}", body, sender=WHO, headers=headers)


def disguises(mark: str) -> set[bytes]:
    """A mark as it is, and as it looks within base64, wherever in a text it begins."""
    plain = {mark.encode(), mark.lower().encode()}
    shifted = {b64encode(b" " * shift + word)[4 if shift else 0 : -4] for word in plain for shift in range(3)}
    return plain | shifted


FORMS = frozenset(form for mark in MARKS for form in disguises(mark))


def leaks_in(data: bytes, where: str) -> list[str]:
    """The lines in which a mark is found."""
    return [
        f"{where}: {line[:300]!r}"
        for line in data.splitlines()
        for form in FORMS
        if form in line or form in line.lower()
    ]


def everything_in(client: Redis) -> bytes:
    """All keys of a Redis with what they hold."""
    return b"\n".join(key + b" " + (client.dump(key) or b"") for key in client.keys("*"))


@pytest.fixture
def traces():
    """A collector of traces."""
    with collector() as kept:
        yield kept


def test_text_of_mail_is_found_in_no_log_metric_error_trace_or_redis(start, mail_user, dovecot, traces):
    """After mail by every door, failing mail, images, labels, a training and wrong requests: only the database has it.

    Redis is searched with its append-only file, which keeps whatever it was ever told; logs are written as for finding
    faults (`debug`).
    """
    instance = start(
        TRIAGE_LOG_LEVEL="debug",
        TRIAGE_MAX_ATTEMPTS="2",
        TRIAGE_CLAIM_AFTER="PT1S",
        PYTHONPATH=f"{FAULTS}:{Path.cwd()}",
        TRIAGE_TEST_FAULT="quoting_model",
        OTEL_EXPORTER_OTLP_ENDPOINT=traces.address,
        OTEL_BSP_SCHEDULE_DELAY="200",
    )
    http, data = instance.http, Path(instance.environment["TRIAGE_DATA_DIR"])
    http.headers["X-Request-ID"] = f"{ADDRESS}@example.org"
    rfc822 = {"Content-Type": "message/rfc822"}
    errors: list[str] = []

    def wrong(answer) -> None:
        assert answer.status_code >= 400, answer.text
        errors.append(answer.text)

    picked = [
        http.post("/v1/emails", content=marked(n), headers=rfc822, params={"wait": 20}).json()["id"] for n in (1, 2)
    ]
    failing = http.post("/v1/emails", content=marked(3, subject="quote"), headers=rfc822).json()["id"]
    line = {"from": WHO, "subject": f"{SUBJECT} line", "text": BODY}
    lines = [json.dumps(line), json.dumps(line | {"to": {ADDRESS: BODY}}), f'{{"from": "{ADDRESS}@'.ljust(60)]
    bulk = http.post("/v1/emails/bulk", content="\n".join(lines), headers={"Content-Type": "application/x-ndjson"})
    errors += [result for result in bulk.text.splitlines() if "error" in json.loads(result)]
    with_image = mail_with(picture(), b"\x89PNG\r\n\x1a\n" + BODY.encode() * 9, subject=SUBJECT, name=f"{FILE}.png")
    http.post("/v1/emails", content=with_image, headers=rfc822)
    wrong(http.post("/v1/emails", json={"from": WHO, "subject": {SUBJECT: 1}, "text": BODY}))
    wrong(http.post("/v1/emails", json={"from": WHO, "subject": SUBJECT, "text": BODY, "received_at": BODY}))
    wrong(http.post("/v1/emails", content=f"{BODY} {{".encode(), headers={"Content-Type": "application/json"}))
    wrong(http.post("/v1/emails", content=f"\0{BODY}".encode() * 2, headers=rfc822))
    wrong(http.post("/v1/predict", json={"subject": SUBJECT, "body": [BODY]}))
    with pytest.raises(httpx2.ReadTimeout):  # the worker fails at it, and no answer comes
        http.post("/v1/predict", json={"subject": f"{SUBJECT} quote", "body": BODY}, timeout=1)
    wrong(http.post(f"/v1/emails/{picked[0]}/labels", json={"urgency": BODY}))
    wrong(http.get("/v1/inbox", params={"cursor": f"{ADDRESS}@example.org"}))
    assert http.post("/v1/predict", json={"subject": SUBJECT, "body": BODY}).status_code == 200
    once = {"from": WHO, "subject": f"{SUBJECT} once", "text": BODY}
    assert http.post("/v1/emails", json=once, headers={"Idempotency-Key": "1"}).status_code == 202
    assert http.get(f"/v1/correspondents/{ADDRESS}@example.org").json()["items"]
    assert http.get("/v1/inbox", params={"q": SUBJECT}).json()["items"]
    assert http.get(f"/emails/{picked[0]}").status_code == 200
    for email_id in picked:
        http.post(f"/v1/emails/{email_id}/labels", json={"topic": "technical"})
    training = http.post("/v1/trainings").headers["Location"]
    mail_user.deliver(marked(4))
    mail_user.deliver(marked(5, subject="quote"))
    told = ("--host", dovecot.host, "--port", dovecot.port, "--security", "none", "--user", mail_user.name)
    added = instance.triage("accounts", "add", "desk", *told, "--password-stdin", stdin=mail_user.password.encode())
    assert added.returncode == 0, added.stderr

    until(lambda: http.get("/v1/inbox", params={"q": f"{SUBJECT} quote 5"}).json()["items"], 60)
    until(lambda: http.get(training).json()["state"] not in ("queued", "running"), 60)
    until(lambda: http.get(f"/v1/emails/{failing}").json()["state"] == "failed", 60)
    until(lambda: http.get("/v1/status").json()["emails"]["queued"] == 0, 60)

    found = [leak for error in errors for leak in leaks_in(error.encode(), "error")]
    for page in ("/metrics", "/v1/status", "/v1/failed", "/readyz"):
        shown = http.get(page).json() if page == "/v1/failed" else http.get(page).text
        text = json.dumps(shown["groups"]) if isinstance(shown, dict) else shown
        found += leaks_in(text.encode(), page)
    with connect(redis_url(data)) as client:
        found += leaks_in(everything_in(client), "redis")
    instance.stop()
    for file in [instance.output, *log_folder(data).rglob("*"), *redis_folder(data).rglob("*")]:
        if file.is_file():
            found += leaks_in(file.read_bytes(), file.name)
    found += leaks_in(traces.bytes, "traces")
    assert not found, "\n".join(sorted(set(found)))
    assert {span.name for span in traces.spans} >= {"process triage:mail", "process triage:images", "poll", "train"}
    assert BODY.encode() in b"".join(file.read_bytes() for file in data.glob("triage.sqlite3*")), "it was searched for"
