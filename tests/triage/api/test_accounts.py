"""Accounts over HTTP: added after a try, listed with how it goes, tested, removed; no password ever comes back."""

import json
import threading
import time
import uuid
from datetime import timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import delete

from tests.imap_servers.fixtures import dovecot, identity_provider, mail_user
from tests.make import url_of
from tests.triage.imap.oauth import consented_account
from triage.api.services import utc_now
from triage.cli.poll import poller_of
from triage.imap.account import Security
from triage.settings import Settings
from triage.storage import accounts
from triage.storage.tables import Location
from triage.web.app import create_app

__all__ = ["dovecot", "identity_provider", "mail_user"]

PASSWORD = "Gehéim-7c1f"


@pytest.fixture
def settings(database, database_url, redis, tmp_path):
    """Settings of an instance that has a key."""
    return Settings(
        data_dir=tmp_path,
        database_url=database_url,
        redis_url=url_of(redis),
        allowed_hosts=("testserver",),
        allowed_networks=("127.0.0.0/8", "::1/128"),
        secret_key="a key of more than thirty-two characters",
    )


@pytest.fixture
def user(dovecot):
    return dovecot.user(f"api-{uuid.uuid4().hex}", PASSWORD)


@pytest.fixture
def new(dovecot, user):
    """The body that adds an account for that user."""
    return {
        "name": "support",
        "mailbox": "help",
        "host": dovecot.host,
        "port": dovecot.port,
        "security": "none",
        "username": user.name,
        "password": PASSWORD,
    }


def noted(database, note, *values):
    with database.unit_of_work() as session:
        note(session, accounts.by_name(session, "support").account.id, *values)


def status_of(client):
    (status,) = client.get("/v1/status").json()["accounts"]
    return status


def metric(client, name):
    lines = client.get("/metrics").text.splitlines()
    return [float(line.split()[-1]) for line in lines if line.startswith(f'triage_account_{name}{{account="support"}}')]


def test_account_is_added_after_a_try_and_read_back_without_its_password(client, new):
    """201 says where it is; it is listed as nobody polls it yet."""
    added = client.post("/v1/accounts", json=new)

    assert (added.status_code, added.headers["location"]) == (201, "/v1/accounts/support")
    assert added.json() == client.get("/v1/accounts/support").json() | {"problem": added.json()["problem"]}
    (listed,) = client.get("/v1/accounts").json()["items"]
    assert (listed["name"], listed["mailbox"], listed["folders"]) == ("support", "help", ["INBOX"])
    assert (listed["state"], listed["oauth"], listed["write_back"]) == ("not_polled", None, None)
    assert PASSWORD not in added.text


def test_everything_that_the_command_line_sets_can_be_set(client, new):
    """Write-back and labels come back as they were given, `since` in UTC."""
    extras = {
        "folders": ["INBOX", "Rückfragen"],
        "since": "2026-03-01T00:00:00+01:00",
        "interval_seconds": 30,
        "write_back": {"by": "keyword", "of": {"critical": "triage-critical"}},
        "client_labels": {"topic_of_folder": {"Rechnungen": "billing"}, "urgency_of_flag": {"\\Flagged": "high"}},
    }

    added = client.post("/v1/accounts", json=new | extras | {"test": False}).json()

    assert {name: added[name] for name in extras} == extras | {"since": "2026-02-28T23:00:00Z"}


@pytest.mark.parametrize(
    ("change", "status", "words"),
    [
        ({"password": "wrong"}, 422, "does not let us in"),
        ({"folders": ["Kundne"]}, 422, "no folder Kundne; it has INBOX"),
        ({"port": 1}, 503, "cannot be reached"),
        ({"host": "mail.example.com"}, 422, "in the clear"),
        ({"name": "a/b"}, 422, "name of an account"),
        ({"security": "ssl"}, 422, "security"),
        ({"passwort": "x"}, 422, "passwort"),
        ({"password": "a\r\nb"}, 422, "password"),
        ({"password": ""}, 422, "password"),
        ({"since": "2026-03-01T00:00:00"}, 422, "since"),
        ({"interval_seconds": 1e300}, 422, "interval_seconds"),
        ({"interval_seconds": 0}, 422, "interval_seconds"),
    ],
)
def test_account_that_does_not_work_is_not_stored(client, new, change, status, words):
    """The problem says why in one sentence, and repeats no password."""
    answer = client.post("/v1/accounts", json=new | change)

    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]
    assert PASSWORD not in answer.text
    assert client.get("/v1/accounts").json() == {"items": []}


def test_name_is_given_once(client, new):
    """A second one is refused before anybody logs in."""
    client.post("/v1/accounts", json=new)

    assert client.post("/v1/accounts", json=new).status_code == 422


def test_test_says_what_is_there_or_what_is_wrong(client, new, user):
    """That it does not work is an answer too."""
    user.deliver(b"Subject: x\r\n\r\nhello\r\n")
    client.post("/v1/accounts", json=new)

    works = client.post("/v1/accounts/support/test").json()
    client.delete("/v1/accounts/support")
    client.post("/v1/accounts", json=new | {"password": "wrong", "test": False})
    fails = client.post("/v1/accounts/support/test").json()

    assert works == {"works": True, "problem": "", "folders": [{"name": "INBOX", "messages": 1, "is_read": True}]}
    assert (fails["works"], fails["folders"]) == (False, [])
    assert "does not let us in" in fails["problem"]


def test_verify_says_what_was_missing_folder_by_folder(client, database, new, user):
    """What is there is fetched, and a folder that is gone hides nothing of the others."""
    user.deliver(b"Subject: x\r\n\r\nhello\r\n")
    client.post("/v1/accounts", json=new | {"folders": ["Archiv", "INBOX"], "test": False})

    first = client.post("/v1/accounts/support/verify").json()
    with database.unit_of_work() as session:
        session.execute(delete(Location))
    second = client.post("/v1/accounts/support/verify").json()

    assert [(one["folder"], bool(one["problem"])) for one in first] == [("Archiv", True), ("INBOX", False)]
    assert "no folder Archiv" in first[0]["problem"]
    assert {name: first[1][name] for name in ("messages", "was_missing", "stored")} == {
        "messages": 1,
        "was_missing": [],
        "stored": 1,
    }
    assert (second[1]["was_missing"], second[1]["still_missing"], second[1]["stored"]) == ([1], [], 0)
    assert client.post("/v1/accounts/nobody/verify").status_code == 404


def test_account_is_verified_by_one_at_a_time(client, new):
    """A second one is refused while it lasts, and not afterwards; others are not concerned."""
    client.post("/v1/accounts", json=new)
    with client.app.state.services.verifying.alone("support"):
        refused = client.post("/v1/accounts/support/verify")

    assert (refused.status_code, "just now" in refused.json()["detail"]) == (409, True)
    assert client.post("/v1/accounts/support/verify").status_code == 200


def test_removed_account_is_not_found(client, new):
    """Every route to it says so."""
    client.post("/v1/accounts", json=new)

    assert client.delete("/v1/accounts/support").status_code == 204

    answers = [
        client.get("/v1/accounts/support"),
        client.delete("/v1/accounts/support"),
        client.post("/v1/accounts/support/test"),
    ]
    assert [answer.status_code for answer in answers] == [404] * 3


def test_page_of_another_site_adds_none(client, new):
    """As with every change, a browser is refused that comes from elsewhere."""
    assert client.post("/v1/accounts", json=new, headers={"Origin": "https://evil.example"}).status_code == 403


def test_status_and_metrics_follow_an_account(client, database, new):
    """Alarms can be set on the time since the last poll, the age of the connection, and a problem (A-08, A-15)."""
    client.post("/v1/accounts", json=new)
    assert (status_of(client)["state"], metric(client, "problem")) == ("not_polled", [1.0])
    assert metric(client, "connection_seconds") == []
    assert 0 <= metric(client, "seconds_since_poll")[0] < 60

    noted(database, accounts.lease, "us", utc_now(), timedelta(minutes=1))
    noted(database, accounts.note_connected, utc_now())
    noted(database, accounts.note_polled, utc_now())
    well = status_of(client)
    assert (well["state"], well["problem"], metric(client, "problem")) == ("ok", "", [0.0])
    assert 0 <= well["seconds_since_poll"] < 60
    assert 0 <= metric(client, "connection_seconds")[0] < 60

    noted(database, accounts.note_problem, "mail.example.com cannot be reached", utc_now())
    failing = status_of(client)
    assert (failing["state"], failing["problem"]) == ("failing", "mail.example.com cannot be reached")
    assert failing["problem_since"]
    assert metric(client, "problem") == [1.0]


def test_account_that_fails_turns_no_mail_away(client, database, new):
    """`/readyz` answers 200 whatever accounts do (A-09)."""
    client.post("/v1/accounts", json=new)
    noted(database, accounts.note_problem, "consent is gone", utc_now())

    assert client.get("/readyz").status_code == 200


def test_consent_that_is_gone_is_in_the_status_after_one_poll(client, database, user, dovecot, identity_provider):
    """A poller that finds it gone says so at once, and tells webhooks; mail is still taken (A-09)."""
    account = consented_account(
        client.app.state.services.accounts,
        identity_provider,
        now=utc_now() - timedelta(hours=2),
        host=dovecot.host,
        port=dovecot.port,
        security=Security.NONE,
        username=user.name,
    )
    identity_provider.consents.revoke(user.name)
    client.post("/v1/webhooks", json={"url": "http://127.0.0.1:9/", "events": ["account.failed"]})
    stop = threading.Event()
    poller = threading.Thread(target=poller_of(client.app.state.services).run, args=(stop,))
    poller.start()
    while not (found := status_of(client))["problem_since"]:
        time.sleep(0.05)
    ready = client.get("/readyz").status_code
    stop.set()
    poller.join()

    assert (found["name"], found["state"], ready) == (account.name, "consent_gone", 200)
    assert "`triage accounts consent support`" in found["problem"]
    assert metric(client, "problem") == [1.0]
    (told,) = client.get("/v1/webhooks/1/deliveries").json()["items"]
    assert json.loads(told["body"])["data"]["state"] == "consent_gone"


def test_production_instance_without_a_key_says_what_to_set(client, settings, new):
    """Nothing is stored that could not be read again."""
    keyless = create_app(
        settings.model_copy(update={"secret_key": type(settings.secret_key)(""), "data_dir": Path("/nowhere")})
    )

    with type(client)(keyless, raise_server_exceptions=False, headers=client.headers) as asked:
        answer = asked.post("/v1/accounts", json=new)

    assert answer.status_code == 503
    assert "TRIAGE_SECRET_KEY" in answer.json()["detail"]


def test_host_of_our_own_network_is_not_looked_at(client, settings, new):
    """A-36: an account that is given over the API leads to public hosts alone, unless a setting names the network."""
    strict = settings.model_copy(update={"allowed_networks": ()})
    with TestClient(create_app(strict)) as guarded:
        guarded.headers.update(client.headers)
        refused = guarded.post("/v1/accounts", json=new)
        untried = guarded.post("/v1/accounts", json=new | {"test": False})
        tried = guarded.post("/v1/accounts/support/test").json()

    assert refused.status_code == 422
    assert "private network" in refused.json()["detail"]
    assert untried.status_code == 201
    assert not tried["works"]
    assert client.post("/v1/accounts/support/test").json()["works"]
