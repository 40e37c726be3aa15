"""`Idempotency-Key`: what is asked twice is done once."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from triage.storage import answers
from triage.storage.tables import Answer
from triage.storage.topics import topics_of

PLACE = "/v1/mailboxes/main/topics"


@pytest.fixture
def ask(client):
    """Ask for a topic to be added, with a key."""
    client.post("/v1/emails", json={"subject": "a", "text": "x"})

    def asks(*names, key="k1", path=PLACE, **headers):
        return client.post(path, json={"names": names}, headers={"Idempotency-Key": key, **headers})

    return asks


def test_the_same_request_again_is_answered_as_before(client, ask):
    """Status, body and place are those of the first, also when much has changed meanwhile."""
    mail = {"subject": "b", "text": "y"}
    first = client.post("/v1/emails", json=mail, headers={"Idempotency-Key": "e"})
    client.delete(f"/v1/emails/{first.json()['id']}")

    again = client.post("/v1/emails", json=mail, headers={"Idempotency-Key": "e"})

    assert (again.status_code, again.json()) == (first.status_code, first.json()) == (202, first.json())
    assert again.headers["Location"] == first.headers["Location"]
    assert (again.headers["Idempotency-Replayed"], "Idempotency-Replayed" in first.headers) == ("true", False)


def test_a_key_is_for_one_request_of_one_client(ask):
    """Another body is 422; another place, another key or somebody else is another request."""
    ask("boats")

    assert ask("trains").status_code == 422
    assert ask("trains", key="k2").status_code == 200
    assert "Idempotency-Replayed" not in ask("boats", Authorization="Bearer another").headers
    assert ask("boats", key="x" * 256).status_code == 400


def test_what_was_refused_may_be_asked_again(ask):
    """A refusal changed nothing, so its key is free."""
    assert ask("").status_code == 422
    assert ask("boats").status_code == 200


def test_a_request_of_which_nobody_knows_how_it_went_is_not_done_again(ask, database, monkeypatch):
    """The process died before the answer was kept: 409 says to look; after a day the key is free."""
    monkeypatch.setattr(answers, "keep", lambda *_: None)
    ask("boats")

    told = ask("boats")

    assert (told.status_code, told.headers["Retry-After"]) == (409, "5")
    with database.unit_of_work() as session:
        answers.forget_old(session, datetime.now(UTC) + timedelta(hours=25))
    assert ask("boats").status_code == 200
    with database.reading() as session:
        assert "boats" in [topic.name for topic in topics_of(session, 1)]


def test_answer_that_holds_a_secret_is_not_kept(client, database):
    """A key is shown once: the same request again makes none and shows none, and nothing of it is stored."""
    order, once = {"name": "form", "scopes": ["submit"]}, {"Idempotency-Key": "new-key"}
    first = client.post("/v1/keys", json=order, headers=once)

    again = client.post("/v1/keys", json=order, headers=once)

    assert (first.status_code, again.status_code) == (201, 409)
    assert [one["name"] for one in client.get("/v1/keys").json()["items"]].count("form") == 1
    with database.reading() as session:
        assert [one for one in session.scalars(select(Answer.body)) if one] == []
