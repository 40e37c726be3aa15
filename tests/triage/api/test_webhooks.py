"""Webhooks and the trail over HTTP, in the pages, and on the command line."""

import json
import subprocess
import sys

import pytest
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from tests.fakes import FakeTextModel
from tests.make import NOW, POLICY, reading, url_of
from triage.classify import classify
from triage.labels import Urgency
from triage.settings import Settings
from triage.storage.tables import AuditEntry, Delivery

HOOK = {"url": "http://127.0.0.1:9/triage?to=us", "events": ["email.ranked", "email.corrected", "model.activated"]}


@pytest.fixture
def settings(database, database_url, redis, tmp_path):
    """Settings of an instance that has a key, and may tell systems on this machine."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=url_of(redis),
        allowed_hosts=("testserver",),
        allowed_networks=("127.0.0.0/8",),
        secret_key="a key of more than thirty-two characters",
    )


@pytest.fixture
def mail(client, database):
    """The id of an email that was ranked, after a webhook was added."""
    client.post("/v1/webhooks", json=HOOK)
    number = client.post("/v1/emails", json={"subject": "Zebra", "text": "Quagga"}).json()["id"]
    with database.unit_of_work() as session:
        classify(session, [number], FakeTextModel(reading(urgency=Urgency.CRITICAL)), POLICY, NOW)
    return number


def deliveries(client):
    return client.get("/v1/webhooks/1/deliveries").json()["items"]


def test_webhook_is_added_shown_and_removed(client):
    """The secret is in the answer that adds it and in no other."""
    added = client.post("/v1/webhooks", json=HOOK)
    shown = client.get(added.headers["Location"])

    assert added.status_code == 201
    assert added.json()["secret"].startswith("whsec_")
    assert "whsec_" not in shown.text + client.get("/v1/webhooks").text + client.get("/v1/audit").text
    assert client.delete(added.headers["Location"]).status_code == 204
    assert client.get(added.headers["Location"]).status_code == 404


@pytest.mark.parametrize(
    "change",
    [
        {"url": "http://10.0.0.1/"},
        {"url": "https://localhost.localdomain@192.168.0.1/"},
        {"url": "https://[::1]/"},
        {"url": "https://169.254.169.254/latest/meta-data/"},
        {"url": "http://93.184.215.14/"},
        {"url": "ftp://example.com/"},
        {"url": "https://"},
        {"url": "https://example.com:99999/"},
        {"url": "https://exa mple.com/"},
        {"url": "https://example.com/\r\nX: y"},
        {"events": []},
        {"events": ["email.read"]},
        {"events": ["webhook.test"]},
    ],
)
def test_webhook_that_cannot_be_is_refused(client, change):
    """A-36: our own network, the clear, other schemes and nonsense are 422, and nothing is stored."""
    answer = client.post("/v1/webhooks", json=HOOK | change)

    assert answer.status_code == 422
    assert client.get("/v1/webhooks").json()["items"] == []


def test_events_tell_where_an_email_stands_and_hold_no_text_of_mail(client, mail):
    """Ranked, corrected and taken back: in order, each with the place that followed; no subject, body or address."""
    client.post(f"/v1/emails/{mail}/labels", json={"urgency": "low", "author": "ada"})
    label = client.get(f"/v1/emails/{mail}/labels").json()["items"][0]["id"]
    client.delete(f"/v1/emails/{mail}/labels/{label}")

    corrected_back, corrected, ranked = [json.loads(one["body"]) for one in deliveries(client)]
    assert [one["type"] for one in (ranked, corrected, corrected_back)] == ["email.ranked"] + ["email.corrected"] * 2
    assert (ranked["data"]["id"], ranked["data"]["mailbox"]) == (mail, "main")
    assert (ranked["data"]["band"], corrected["data"]["band"]) == ("critical", "low")
    assert corrected["data"]["said"] == {"urgency": "low"}
    assert corrected_back["data"]["band"] == "critical"
    assert not any(word in one["body"] for one in deliveries(client) for word in ("Zebra", "Quagga"))
    assert {one["subject"] for one in deliveries(client)} == {f"email {mail}"}


def test_nobody_who_wants_to_hear_costs_no_row(client, database):
    """Without a webhook for it an event is not stored."""
    number = client.post("/v1/emails", json={"subject": "One", "text": "One"}).json()["id"]
    with database.unit_of_work() as session:
        classify(session, [number], FakeTextModel(reading()), POLICY, NOW)

    with database.reading() as session:
        assert session.scalars(select(Delivery.id)).all() == []


def test_test_event_waits_and_disabled_webhook_keeps_what_waits(client):
    """A test is a delivery like any other; disabled and enabled, a webhook still has it."""
    client.post("/v1/webhooks", json=HOOK)
    number = client.post("/v1/webhooks/1/test").json()["delivery"]
    disabled = client.post("/v1/webhooks/1/disable").json()
    enabled = client.post("/v1/webhooks/1/enable").json()

    assert disabled["disabled_at"]
    assert (enabled["disabled_at"], enabled["waiting"]) == (None, 1)
    assert client.post(f"/v1/webhooks/1/deliveries/{number}/replay").json()["state"] == "waiting"
    assert client.post("/v1/webhooks/1/deliveries/99/replay").status_code == 404
    assert client.post("/v1/webhooks/2/test").status_code == 404


def test_trail_says_who_changed_what_under_which_versions(client, mail):
    """A reading is the worker's, a label the API's; both name email, model and policy, and neither quotes mail."""
    client.post(f"/v1/emails/{mail}/labels", json={"topic": "billing", "author": "ada"})
    client.post(f"/v1/emails/{mail}/done")
    done, labelled, placed, ranked, webhook = client.get("/v1/audit").json()["items"][:5]

    actions = [one["action"] for one in (webhook, ranked, placed, labelled, done)]
    assert actions == ["webhook.added", "email.ranked", "email.placed", "label.added", "email.done"]
    assert (ranked["actor"], labelled["actor"]) == ("system", "key:test")
    assert ranked["model_version"]
    assert ranked["model_version"] == placed["model_version"]
    assert ranked["policy_version"] == POLICY.version
    assert ranked["details"] == {"emails": [mail]}
    assert labelled["details"]["said"] == {"topic": "billing"}
    assert labelled["details"]["author"] == "ada"
    assert "Zebra" not in client.get("/v1/audit").text
    of_email = client.get("/v1/audit", params={"subject": f"email {mail}", "action": "email.done"}).json()
    assert [one["id"] for one in of_email["items"]] == [done["id"]]


@pytest.mark.parametrize("change", ["UPDATE audit SET actor = 'nobody'", "DELETE FROM audit"])
def test_database_refuses_to_alter_the_trail(client, database, change):
    """Whoever holds the database's own connection cannot change an entry either, short of changing the schema."""
    client.post("/v1/webhooks", json=HOOK)
    with database.engine.connect() as connection, pytest.raises(DBAPIError, match="only ever added to"):
        connection.execute(text(change))

    with database.reading() as session:
        assert session.scalars(select(AuditEntry.actor)).all() == ["key:test"]


def test_change_that_is_undone_leaves_no_entry(client, database, mail):
    """A change and its entry are one transaction: of a label that is refused nothing is told."""
    before = len(client.get("/v1/audit").json()["items"])
    refused = client.post(f"/v1/emails/{mail}/labels", json={"topic": "no such topic"})

    assert refused.status_code == 422
    assert len(client.get("/v1/audit").json()["items"]) == before


def test_pages_show_webhooks_and_what_was_sent(client, mail):
    """The list, one with its log and its buttons, in English and German; addresses are escaped."""
    client.post("/v1/webhooks", json=HOOK | {"url": "http://127.0.0.1/?<script>"})
    listed, one = client.get("/webhooks"), client.get("/webhooks/1")
    german = client.get("/webhooks/1", headers={"Accept-Language": "de"}).text

    assert "/triage?to=us" in listed.text
    assert "?&lt;script&gt;" in listed.text
    assert f"email {mail}" in one.text
    assert "/v1/webhooks/1/deliveries/1/replay" in one.text
    assert "Noch einmal senden" in german
    assert "Webhook 1" in client.get("/status").text


def test_export_prints_the_trail_and_the_command_line_signs_with_the_user(settings, client, mail):
    """`triage webhooks` acts as `cli:USER`, `triage audit export` prints all entries oldest first."""
    environment = {
        "TRIAGE_DATA_DIR": str(settings.data_dir),
        "TRIAGE_DATABASE_URL": settings.database_url,
        "TRIAGE_REDIS_URL": settings.redis_url,
        "TRIAGE_SECRET_KEY": settings.secret_key.get_secret_value(),
        "TRIAGE_ALLOWED_NETWORKS": '["127.0.0.0/8"]',
        "USER": "ada",
        "LOGNAME": "ada",
        "PATH": "/usr/bin:/bin",
    }

    def triage(*arguments):
        command = [sys.executable, "-m", "triage", *arguments]
        return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout

    added = triage("webhooks", "add", "http://127.0.0.1:9/", "--event", "account.failed")
    entries = [json.loads(line) for line in triage("audit", "export").splitlines()]

    assert added.split()[-1].startswith("whsec_")
    assert [one["id"] for one in entries] == sorted(one["id"] for one in entries)
    assert (entries[-1]["actor"], entries[-1]["action"]) == ("cli:ada", "webhook.added")


def test_trail_tells_of_keys_and_of_how_long_mail_is_kept(client, mail):
    """Who may come in, and what is let go of, is noted by name and number: no key, and no address of anybody."""
    made = client.post("/v1/keys", json={"name": "form", "scopes": ["submit"]}).json()
    client.delete(f"/v1/keys/{made['id']}")
    client.delete(f"/v1/keys/{made['id']}")  # once more changes nothing
    client.put("/v1/mailboxes/main/retention", json={"text_days": 30})
    client.delete("/v1/correspondents/jo.miller@example.org")

    told = [one for one in client.get("/v1/audit").json()["items"] if one["action"].startswith(("key.", "retention."))]

    assert [one["action"] for one in told] == ["retention.set", "key.revoked", "key.created"]
    assert told[0]["details"] == {"days": {"text": 30}}
    assert told[2]["details"] == {"name": "form", "scopes": ["submit"], "mailboxes": None}
    text = client.get("/v1/audit").text
    assert made["key"] not in text
    assert "@example" not in text
