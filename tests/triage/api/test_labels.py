"""Labels over HTTP: said, listed, withdrawn, said of many, and exported."""

import json

import pytest

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading
from triage.classify import classify
from triage.labels import Topic

NINE = [topic.value for topic in Topic]
READING = reading(confidence=0.6)


@pytest.fixture
def ids(client, database):
    """Four emails: the model has read the first three, the last waits."""
    made = [client.post("/v1/emails", json={"subject": f"mail {n}", "text": "x"}).json()["id"] for n in range(4)]
    with database.unit_of_work() as session:
        classify(session, made[:3], FakeTextModel(READING), POLICY, NOW)
    return made


def label(client, email_id, **body):
    return client.post(f"/v1/emails/{email_id}/labels", json=body)


def test_label_is_answered_with_the_email_as_it_stands_now(client, ids):
    """What was said shows as certain, what was not as the model read it; the model's own word stays to be seen."""
    before = client.get(f"/v1/emails/{ids[0]}").json()

    answer = label(client, ids[0], topic="billing", urgency="critical", action_required=False, author="anna")

    after, detail = answer.json(), client.get(f"/v1/emails/{ids[0]}").json()
    assert answer.status_code == 200
    assert (after["topic"], after["topic_confidence"], after["urgency"]) == ("billing", 1.0, "critical")
    assert (after["action_required"], after["action_confidence"]) == (False, 1.0)
    assert (after["sentiment"], after["sentiment_confidence"]) == ("neutral", before["sentiment_confidence"])
    assert after["labelled"] == ["topic", "urgency", "action_required"]
    assert (after["priority"] > before["priority"], after["known"]) == (True, False)
    assert "topic: you said billing" in [reason["text"] for reason in after["reasons"]]
    assert (before["labelled"], before["labels"]) == ([], [])
    assert detail["reading"] == before["reading"]
    assert detail["reading"]["topic"] == "technical"
    assert detail["labels"] == client.get(f"/v1/emails/{ids[0]}/labels").json()["items"]
    assert client.get("/v1/inbox").json()["items"][0]["id"] == ids[0]


def test_unread_mail_is_labelled_all_the_same(client, ids):
    """It shows what was said, and that the rest was not read yet."""
    answer = label(client, ids[3], topic="order").json()

    assert (answer["state"], answer["topic"], answer["sentiment"], answer["language"]) == (
        "queued",
        "order",
        None,
        None,
    )
    texts = [reason["text"] for reason in answer["reasons"]]
    assert texts[:2] == ["topic: you said order", "not read yet; the rest is taken as in an ordinary mail"]


def test_same_label_again_is_known(client, ids):
    """A repeated request answers alike and adds nothing."""
    first = label(client, ids[0], topic="billing").json()
    again = label(client, ids[0], topic="Billing").json()

    assert (first["known"], again["known"]) == (False, True)
    assert first["label_id"] == again["label_id"]
    assert len(client.get(f"/v1/emails/{ids[0]}/labels").json()["items"]) == 1


def test_history_says_who_and_when_and_what_counts(client, ids):
    """Newest first, with what was withdrawn and by whom."""
    label(client, ids[0], topic="billing", urgency="high", author="anna")
    second = label(client, ids[0], topic="order", author="ben").json()["label_id"]
    third = label(client, ids[0], topic="bulk").json()["label_id"]

    answer = client.delete(f"/v1/emails/{ids[0]}/labels/{third}?author=cem")
    again = client.delete(f"/v1/emails/{ids[0]}/labels/{third}?author=dora")

    items = client.get(f"/v1/emails/{ids[0]}/labels").json()["items"]
    assert (answer.status_code, again.status_code, answer.json()["topic"]) == (200, 200, "order")
    assert [(item["id"], item["author"], item["withdrawn_by"]) for item in items[:2]] == [
        (third, "api", "cem"),
        (second, "ben", None),
    ]
    assert [item["in_force"] for item in items] == [[], ["topic"], ["urgency"]]
    assert all(item["said_at"] for item in items)
    assert [item["source"] for item in items] == ["human"] * 3


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{broken",
        b"{}",
        b'{"topic": null}',
        b'{"topic": ""}',
        b'{"topic": "   "}',
        b'{"topic": "Rechnung"}',
        b'{"topic": "a\\u0000b"}',
        b'{"topic": "\\ud800"}',
        b'{"topic": 5}',
        b'{"urgency": "urgent"}',
        b'{"sentiment": "angry"}',
        b'{"action_required": "yes"}',
        b'{"action_required": 1}',
        b'{"topic": "billing", "author": ""}',
        b'{"topic": "billing", "author": "a\\nb"}',
        b'{"topic": "billing", "author": "\\u200b"}',
        b'{"topics": "billing"}',
    ],
)
def test_what_is_no_label_is_refused_and_nothing_is_said(client, ids, body):
    """Empty, unknown or misspelled: a 422 with a sentence."""
    answer = client.post(f"/v1/emails/{ids[0]}/labels", content=body, headers={"Content-Type": "application/json"})

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json"), body
    assert client.get(f"/v1/emails/{ids[0]}/labels").json() == {"items": []}


def test_unknown_topic_names_what_there_is(client, ids):
    """The sentence says which topics the mailbox has and how to add one."""
    detail = label(client, ids[0], topic="Rechnung").json()["detail"]

    assert "it has technical, account" in detail
    assert "`triage topics add Rechnung --mailbox main`" in detail


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/v1/emails/999999/labels"),
        ("GET", "/v1/emails/999999/labels"),
        ("DELETE", "/v1/emails/999999/labels/1"),
        ("DELETE", "/v1/emails/{id}/labels/999999"),
        ("GET", "/v1/labels?mailbox=nowhere"),
        ("GET", "/v1/mailboxes/nowhere/topics"),
    ],
)
def test_what_is_not_there_is_not_found(client, ids, method, path):
    """An email, a label, a mailbox: 404 as a problem."""
    json_body = {"topic": "billing"} if method == "POST" else None

    answer = client.request(method, path.format(id=ids[0]), json=json_body)

    assert (answer.status_code, answer.headers["content-type"]) == (404, "application/problem+json")


def test_many_are_labelled_by_id(client, ids):
    """Counts say what was done, and which were not there."""
    answer = client.post("/v1/labels/bulk", json={"ids": [ids[0], ids[1], 999_999], "topic": "billing"})

    told = answer.json()
    label_ids = told.pop("label_ids")
    assert told == {"labelled": 2, "known": 0, "not_found": [999_999], "next_cursor": None}
    assert len(set(label_ids)) == 2
    assert [item["id"] for item in client.get("/v1/inbox?topic=billing").json()["items"]] == ids[:2]


def test_many_are_labelled_by_what_the_inbox_filters(client, ids):
    """The request is bounded; `next_cursor` goes on."""
    order = {"filter": {"mailbox": "main", "q": "mail"}, "urgency": "high", "limit": 3}

    first = client.post("/v1/labels/bulk", json=order).json()
    second = client.post("/v1/labels/bulk", json=order | {"cursor": first["next_cursor"]}).json()

    assert len(set(first.pop("label_ids") + second.pop("label_ids"))) == 4
    assert first == {"labelled": 3, "known": 0, "not_found": [], "next_cursor": ids[2]}
    assert second == {"labelled": 1, "known": 0, "not_found": [], "next_cursor": None}


@pytest.mark.parametrize(
    "body",
    [
        {"topic": "billing"},
        {"ids": [1]},
        {"ids": [], "topic": "billing"},
        {"ids": [0], "topic": "billing"},
        {"ids": [2**63], "topic": "billing"},
        {"ids": list(range(1, 1002)), "topic": "billing"},
        {"ids": [1], "filter": {"mailbox": "main"}, "topic": "billing"},
        {"filter": {}, "topic": "billing"},
        {"filter": {"q": "  "}, "topic": "billing"},
        {"filter": {"band": "urgent"}, "topic": "billing"},
        {"filter": {"mail": "main"}, "topic": "billing"},
        {"filter": {"mailbox": "main"}, "topic": "Rechnung"},
        {"filter": {"mailbox": "main"}, "topic": "billing", "limit": 0},
        {"filter": {"mailbox": "main"}, "topic": "billing", "limit": 1001},
        {"filter": {"mailbox": "main"}, "topic": "billing", "cursor": -1},
    ],
)
def test_wrong_order_for_many_labels_nothing(client, ids, body):
    """Whatever is not clearly meant is a 422."""
    answer = client.post("/v1/labels/bulk", json=body)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert client.get("/v1/labels").text == ""


def test_export_streams_labelled_mail_as_examples(client, ids):
    """One object a line, of one mailbox or of all: texts, labels in force, and what tells the mail from others."""
    client.post("/v1/emails?mailbox=support", json={"subject": "else", "text": "y"})
    label(client, ids[1], topic="billing", author="anna")
    label(client, ids[1], action_required=False, author="ben")
    label(client, ids[2], topic="order")
    client.delete(f"/v1/emails/{ids[2]}/labels/{label(client, ids[2], topic='bulk').json()['label_id']}")
    withdrawn = label(client, ids[0], topic="bulk").json()["label_id"]
    client.delete(f"/v1/emails/{ids[0]}/labels/{withdrawn}")

    answer = client.get("/v1/labels?mailbox=main")

    assert answer.headers["content-type"].startswith("application/x-ndjson")
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [(line["id"], line["topic"], line.get("action_required")) for line in lines] == [
        (ids[1], "billing", False),
        (ids[2], "order", None),
    ]
    assert (lines[0]["subject"], lines[0]["body"], lines[0]["author"]) == ("mail 1", "x", "ben")
    assert {"digest", "message_id", "mailbox", "said_at", "source", "group"} <= set(lines[0])
    assert client.get("/v1/labels?mailbox=support").text == ""
    assert client.get("/v1/labels").text == answer.text


def test_mailbox_has_topics_of_its_own(client, ids):
    """Added, said in any case, counted, retired; the email shows the mailbox's spelling."""
    before = client.get("/v1/mailboxes/main/topics").json()["items"]

    added = client.post("/v1/mailboxes/main/topics", json={"names": ["Kündigung", "Rechnung/Mahnung"]}).json()["items"]
    said = label(client, ids[0], topic="KÜNDIGUNG").json()
    retired = client.post("/v1/mailboxes/main/topics/retire", json={"name": "kündigung"}).json()["items"]

    assert [item["name"] for item in before] == NINE
    assert {item["name"] for item in added} == {*NINE, "Kündigung", "Rechnung/Mahnung"}
    assert said["topic"] == "Kündigung"
    (gone,) = [item for item in retired if item["retired_at"]]
    assert (gone["name"], gone["labelled"]) == ("Kündigung", 1)
    assert label(client, ids[1], topic="Kündigung").status_code == 422
    assert client.get("/v1/inbox?topic=K%C3%BCndigung").json()["items"][0]["id"] == ids[0]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("topics", {}),
        ("topics", {"names": []}),
        ("topics", {"names": [""]}),
        ("topics", {"names": ["ok", "a\nb"]}),
        ("topics", {"names": ["x" * 101]}),
        ("topics", {"names": "Rechnung"}),
        ("topics/retire", {"name": "Rechnung"}),
        ("topics/retire", {}),
    ],
)
def test_wrong_topics_are_refused_and_change_nothing(client, ids, path, body):
    """422 with a sentence; the list stays."""
    answer = client.post(f"/v1/mailboxes/main/{path}", json=body)

    assert (answer.status_code, answer.headers["content-type"]) == (422, "application/problem+json")
    assert [item["name"] for item in client.get("/v1/mailboxes/main/topics").json()["items"]] == NINE


def test_mailbox_with_a_slash_has_topics_too(client):
    """Its name stands in the address as it is, or escaped."""
    made = client.post("/v1/mailboxes/nord/süd%2Ffiliale/topics", json={"names": ["Ware"]})

    assert made.status_code == 200
    assert "Ware" in [item["name"] for item in client.get("/v1/mailboxes/nord/süd/filiale/topics").json()["items"]]
