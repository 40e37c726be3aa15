"""Mail through the API: JSON and RFC 5322, one and many, good and bad."""

import base64
import json
import threading
import time

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, raw_message
from triage.classify import classify
from triage.labels import Urgency
from triage.queue import WorkStream

MAIL = {"from": "Jo Doe <jo@example.org>", "to": "info@example.com", "subject": "The lift is stuck", "text": "Help."}
RFC822 = {"Content-Type": "message/rfc822"}
NDJSON = {"Content-Type": "application/x-ndjson"}


def test_json_mail_is_accepted_and_listed_at_once(client):
    """POST answers 202 with where the email is, and the inbox has it at the default priority."""
    answer = client.post("/v1/emails", json=MAIL)
    listed = client.get("/v1/inbox").json()["items"]

    assert answer.status_code == 202
    assert answer.headers["location"] == f"/v1/emails/{answer.json()['id']}"
    assert answer.json()["duplicate"] is False
    (item,) = listed
    assert item["from"] == {"name": "Jo Doe", "address": "jo@example.org"}
    assert (item["subject"], item["state"], item["topic"], item["model_version"]) == (
        "The lift is stuck",
        "queued",
        None,
        None,
    )
    assert item["priority"] == pytest.approx(POLICY.default_priority, abs=1e-4)
    assert {"id", "mailbox", "handled_at", "received_at", "snippet", "topic_confidence", "sentiment", "urgency"} <= set(
        item
    )
    assert {"action_required", "band", "reasons", "language", "thread_id", "attachments"} <= set(item)


def test_same_mail_again_is_answered_with_the_same_id(client):
    """The second POST of a mail answers 200, `duplicate`, and the id of the first."""
    first = client.post("/v1/emails", json=MAIL)
    again = client.post("/v1/emails", json=MAIL)

    assert again.status_code == 200
    assert (again.json()["id"], again.json()["duplicate"]) == (first.json()["id"], True)


def test_raw_message_is_accepted_and_comes_back_byte_for_byte(client):
    """RFC 5322 bytes go in as they are and come out as they were, as a download that no browser runs."""
    raw = raw_message("Grüße", "Ein Brief.")

    email_id = client.post("/v1/emails?mailbox=post", content=raw, headers=RFC822).json()["id"]
    back = client.get(f"/v1/emails/{email_id}/raw")
    detail = client.get(f"/v1/emails/{email_id}").json()

    assert back.content == raw
    assert back.headers["content-type"] == "message/rfc822"
    assert back.headers["x-content-type-options"] == "nosniff"
    assert back.headers["content-disposition"].startswith("attachment")
    assert (detail["mailbox"], detail["subject"], detail["text"].strip()) == ("post", "Grüße", "Ein Brief.")


def test_attachment_comes_back_as_a_download_of_no_type(client):
    """What the sender calls HTML is never served as HTML."""
    page = base64.b64encode(b"<script>alert(1)</script>").decode()
    mail = MAIL | {"attachments": [{"filename": 'x".html\r\nA: b', "content_type": "text/html", "content": page}]}

    email_id = client.post("/v1/emails", json=mail).json()["id"]
    part = client.get(f"/v1/emails/{email_id}/attachments/0")
    none = client.get(f"/v1/emails/{email_id}/attachments/1")

    assert part.content == b"<script>alert(1)</script>"
    assert part.headers["content-type"] == "application/octet-stream"
    assert "sandbox" in part.headers["content-security-policy"]
    assert none.status_code == 404


def test_waiting_for_the_verdict_answers_with_it(client, database, redis):
    """With `wait` the answer has the verdict when it is there in time."""
    model = FakeTextModel()

    def work():
        stream = WorkStream(redis, consumer="test")
        for _ in range(500):
            for batch in stream.batches(NOW - NOW):
                with database.unit_of_work() as session:
                    classify(session, batch.ids, model, POLICY, NOW)
                batch.acknowledge()
                return
            time.sleep(0.01)

    worker = threading.Thread(target=work)
    worker.start()
    answer = client.post("/v1/emails?wait=10", json=MAIL).json()
    worker.join()

    assert (answer["state"], answer["urgency"]) == ("read", Urgency.NORMAL)


def test_waiting_in_vain_answers_with_what_is_known(client):
    """When no verdict comes in time the email is answered as it stands."""
    assert client.post("/v1/emails?wait=0.1", json=MAIL).json()["state"] == "queued"


@pytest.mark.parametrize(
    ("mail", "pointer"),
    [
        (MAIL | {"subject": 7}, "/subject"),
        (MAIL | {"received_at": "yesterday"}, "/received_at"),
        (MAIL | {"attachments": [{"content": "%%%"}]}, "/attachments/0/content"),
        (MAIL | {"to": 5}, "/to"),
        (MAIL | {"mailbox": ""}, "/mailbox"),
        (MAIL | {"mailbox": "a\u0000b"}, "/mailbox"),
        (MAIL | {"received_at": "0001-01-01T00:00:00+23:00"}, "/received_at"),
        (MAIL | {"date": "9999-12-31T23:59:59-23:00"}, "/date"),
        (MAIL | {"references": ["<x@example.org>"] * 101}, "/references"),
        (MAIL | {"attachments": [{}] * 1001}, "/attachments"),
        ({"from": "jo@example.org"}, "/text"),
        ([MAIL], ""),
        ("hello", ""),
    ],
)
def test_wrong_json_is_answered_with_a_pointer_to_the_field(client, mail, pointer):
    """422, a problem document, and the field at fault."""
    answer = client.post("/v1/emails", json=mail)

    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    ("content", "headers", "status"),
    [
        (b"{", {"Content-Type": "application/json"}, 400),
        (b'"\xff"', {"Content-Type": "application/json"}, 400),
        (b"[" * 100_000, {"Content-Type": "application/json"}, 400),
        (b'{"subject": "x", "n": ' + b"1" * 5000 + b"}", {"Content-Type": "application/json"}, 400),
        (b"", RFC822, 400),
        (b"hello", {"Content-Type": "text/plain"}, 415),
        (b"hello", {}, 415),
    ],
)
def test_what_is_no_mail_is_refused_with_a_sentence(client, content, headers, status):
    """Broken bodies and other types are the client's error, never ours."""
    answer = client.post("/v1/emails", content=content, headers=headers)

    assert answer.status_code == status
    assert answer.json()["detail"]


def test_mail_that_is_too_large_is_refused(client):
    """51 MB are answered with 413, also when the length is not announced."""

    def endless():
        for _ in range(51):
            yield b"x" * 2**20

    announced = client.post("/v1/emails", content=b"x" * 51 * 2**20, headers=RFC822)
    chunked = client.post("/v1/emails", content=endless(), headers=RFC822)

    assert (announced.status_code, chunked.status_code) == (413, 413)


def test_bulk_answers_each_line_in_order(client):
    """Good lines are stored, bad ones refused, duplicates recognised; the answers keep the order of the lines."""
    lines = [MAIL, "{", MAIL | {"subject": "other"}, {"subject": 3}, MAIL, MAIL | {"mailbox": "sales"}]
    content = "\n".join(line if isinstance(line, str) else json.dumps(line) for line in lines)

    answer = client.post("/v1/emails/bulk", content=content, headers=NDJSON)

    results = [json.loads(line) for line in answer.text.splitlines()]
    assert [result["status"] for result in results] == [202, 422, 202, 422, 200, 202]
    assert results[4]["id"] == results[0]["id"] != results[5]["id"]
    assert client.get("/v1/inbox?mailbox=sales").json()["items"][0]["id"] == results[5]["id"]


def test_bulk_of_more_lines_than_a_batch_is_stored_whole(client):
    """A thousand lines are a thousand emails."""
    content = "\n".join(json.dumps(MAIL | {"subject": f"mail {n}"}) for n in range(1000))

    answer = client.post("/v1/emails/bulk", content=content, headers=NDJSON)

    ids = [json.loads(line)["id"] for line in answer.text.splitlines()]
    assert len(set(ids)) == 1000
    assert client.get("/v1/status").json()["emails"]["queued"] == 1000


def test_what_a_list_shows_is_bounded(client):
    """A subject of megabytes is cut for the list; the stored bytes have it whole."""
    long = MAIL | {"subject": "s" * 100_000, "from": {"name": "x" * 100_000, "address": "a@example.org"}}

    item = client.post("/v1/emails", json=long).json()

    assert len(item["subject"]) == 2000
    assert len(item["from"]["name"]) == 500
    assert len(client.get(f"/v1/emails/{item['id']}/raw").content) > 200_000
